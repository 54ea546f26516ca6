package prompts

import (
	"errors"
	"fmt"
)

// Learned holds what a camera learned from its first good parts: references, and further
// good parts that show the spread of scores. It belongs to a bundle and a camera, not to
// a prompt set. Every set of the camera is scored by the same pictures.
type Learned struct {
	References *References // of good parts
	Good       *References // the highest-scoring picture of each further good part
}

// leastGood is the smallest number of further good parts that show a spread.
const leastGood = 2

// WithLearned returns a bank that scores by what a camera learned. The raw scores of the
// further good parts set the scale of P(defect). Banks of the same set and the same
// Learned give the same scores.
func (b *Bank) WithLearned(l *Learned) (*Bank, error) {
	bank, err := b.WithReferences(l.References)
	if err != nil {
		return nil, err
	}
	if len(l.Good.pictures) < leastGood {
		return nil, errors.New("use what the camera learned: two good parts are needed besides the references: learn again")
	}
	var s Scores
	raw := make([]float32, len(l.Good.pictures))
	for i := range l.Good.pictures {
		if err := bank.Score(&l.Good.pictures[i].Seen, &s); err != nil {
			return nil, fmt.Errorf("use what the camera learned: %w", err)
		}
		raw[i] = float32(s.Raw)
	}
	if bank, err = bank.CalibrateGood(raw); err != nil {
		return nil, err
	}
	bank.learned = l
	return bank, nil
}

// WithoutReferences returns the bank without references.
func (b *Bank) WithoutReferences() *Bank {
	bare := *b
	bare.references, bare.learned, bare.sensitivity = nil, nil, Sensitivity{}
	bare.names, bare.labelled = nil, false
	bare.setArmed()
	return &bare
}

// Learned returns what the bank's camera learned, or nil if the bank has other
// references or none.
func (b *Bank) Learned() *Learned { return b.learned }
