package prompts

import (
	"errors"
	"fmt"
)

// Learned is what a camera's good parts looked like while it learned: pictures
// to compare with, and further ones that show how far good parts spread. It
// belongs to a bundle and a camera, not to a prompt set: every set that the
// camera gets is scored on the same pictures.
type Learned struct {
	References *References // of good parts
	Good       *References // one picture of each further good part: the one with the highest score
}

// leastGood is how many further good parts show a spread at all.
const leastGood = 2

// WithLearned returns a bank that scores by what a camera learned: its
// references, with the scale of P(defect) set by the raw scores of the further
// good parts. A bank that is made of the same set and the same Learned scores
// the same, however the set came.
func (b *Bank) WithLearned(l *Learned) (*Bank, error) {
	bank, err := b.WithReferences(l.References)
	if err != nil {
		return nil, err
	}
	if len(l.Good.pictures) < leastGood {
		return nil, errors.New("use what the camera learned: at least two good parts are needed beside the references: learn again")
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

// WithoutReferences returns the bank as its set and bundle alone make it.
func (b *Bank) WithoutReferences() *Bank {
	bare := *b
	bare.references, bare.learned, bare.sensitivity = nil, nil, Sensitivity{}
	bare.names, bare.labelled = nil, false
	bare.judge()
	return &bare
}

// Learned returns what the bank's camera learned; nil where the bank scores by
// other references, or none.
func (b *Bank) Learned() *Learned { return b.learned }
