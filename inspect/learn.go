package inspect

import (
	"context"
	"errors"
	"fmt"

	"pristine/capture"
	"pristine/inspect/health"
	"pristine/prompts"
)

// LearnOptions configure how a station learns good parts.
type LearnOptions struct {
	Parts int // good parts to learn from, at least 3

	// Turn adds the quarter turns of a frame to its observation. It is called for
	// references only, and may be nil.
	Turn func(ctx context.Context, f *capture.Frame, o *prompts.Observation) error

	// Good is called with a frame of each good part that is not a reference. It must
	// not keep the frame. It may be nil.
	Good func(f *capture.Frame)

	// Progress is called after each part, Learned once with the new bank, and Failed
	// once if learning fails. The station's goroutine calls them. Progress may be nil.
	Progress func(done, total int)
	Learned  func(*prompts.Bank)
	Failed   func(error)
}

// ErrEnded is wrapped by the error that Failed gets if the frames end before the station
// has learned.
var ErrEnded = errors.New("the camera ended")

// referenceShare makes one in this many of the learned parts a reference. The others are
// scored by the references, which shows the spread of good parts.
const referenceShare = 2

// leastGood is the smallest number of parts that show a spread.
const leastGood = 2

// Learner collects good parts. The first half become references, the others set the
// scale of P(defect). While a station has a Learner, its parts are INVALID learning.
//
// It belongs to the station's goroutine.
type Learner struct {
	options    LearnOptions
	bank       *prompts.Bank
	references *prompts.References
	good       *prompts.References
	fitted     *prompts.Bank // of the references
	scores     prompts.Scores
	parts      int // complete
	frames     int // of the part in view
	best       prompts.Observation
	bestRaw    float64
	err        error // why learning failed
}

// NewLearner returns a learner whose bank is that of the camera's set without
// references. references and good are empty collections for the bundle.
func NewLearner(o LearnOptions, bank *prompts.Bank, references, good *prompts.References) *Learner {
	return &Learner{options: o, bank: bank, references: references, good: good}
}

// detail describes the progress.
func (l *Learner) detail() string {
	if l.err != nil {
		return l.err.Error()
	}
	return fmt.Sprintf("learning good parts: %d of %d", l.parts+1, l.options.Parts)
}

// wanted returns how many parts become references.
func (l *Learner) wanted() int { return max(l.options.Parts/referenceShare, 1) }

// needs returns how frames are encoded while it learns.
func (l *Learner) needs() prompts.Needs { return l.bank.Set.LearnNeeds(l.wanted()) }

// observe learns from a fit frame of the part in view.
func (l *Learner) observe(ctx context.Context, f *capture.Frame, o *prompts.Observation) {
	if l.err != nil {
		return
	}
	if err := l.add(ctx, f, o); err != nil {
		l.fail(fmt.Errorf("learning good parts failed: %w", err))
	}
}

func (l *Learner) add(ctx context.Context, f *capture.Frame, o *prompts.Observation) error {
	l.frames++
	if l.parts < l.wanted() {
		if l.frames > 1 {
			return nil // it needs one picture per part
		}
		reference := *o
		if l.options.Turn != nil && l.needs().Turned {
			if err := l.options.Turn(ctx, f, &reference); err != nil {
				return err
			}
		}
		return l.references.Add(&reference)
	}
	if l.fitted == nil {
		var err error
		if l.fitted, err = l.bank.WithReferences(l.references); err != nil {
			return err
		}
	}
	if err := l.fitted.Score(o, &l.scores); err != nil {
		return err
	}
	if l.frames == 1 && l.options.Good != nil {
		l.options.Good(f)
	}
	if l.frames == 1 || l.scores.Raw > l.bestRaw {
		l.bestRaw, l.best = l.scores.Raw, o.Clone()
	}
	return nil
}

// endPart ends the part in view, and reports whether that was the last one.
func (l *Learner) endPart() (done bool) {
	if l.err != nil || l.frames == 0 {
		return false
	}
	if l.frames, l.parts = 0, l.parts+1; l.parts > l.wanted() {
		if err := l.good.Add(&l.best); err != nil {
			l.fail(fmt.Errorf("learning good parts failed: %w", err))
			return false
		}
	}
	if l.options.Progress != nil {
		l.options.Progress(l.parts, l.options.Parts)
	}
	return l.parts >= l.options.Parts
}

// finish makes the bank from the learned parts.
func (l *Learner) finish(b *health.Baseline) {
	if l.err != nil {
		return
	}
	bank, err := l.bank.WithLearned(&prompts.Learned{References: l.references, Good: l.good})
	if err != nil {
		l.fail(fmt.Errorf("learning good parts failed: %w", err))
		return
	}
	b.Settle() // good parts show normal operation better than elapsed time
	l.options.Learned(bank)
}

// end is called at the end of the frames. With at least leastGood good parts it finishes
// with those.
func (l *Learner) end(b *health.Baseline) {
	if l.err == nil && l.good.Len() >= leastGood {
		l.finish(b)
		return
	}
	l.fail(fmt.Errorf("learn good parts: %w after %d of %d parts: set a source that shows more of them, or a lower learn_parts", ErrEnded, l.parts, l.options.Parts))
}

func (l *Learner) fail(err error) {
	if l.err == nil {
		l.err = err
		l.options.Failed(err)
	}
}

// Learn makes the station learn from the next parts, without judging them. With a
// baseline it also learns the picture health of the camera again. A nil learner keeps
// the references. It is safe for any goroutine.
func (s *Station) Learn(l *Learner, b *health.Baseline) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pending = &relearning{l, b}
}

type relearning struct {
	learner  *Learner
	baseline *health.Baseline
}

// beginLearning starts what Learn requested, between two parts.
func (s *Station) beginLearning() {
	s.mu.Lock()
	pending := s.pending
	s.pending = nil
	s.mu.Unlock()
	if pending == nil {
		return
	}
	if pending.baseline != nil {
		s.health.Relearn(pending.baseline)
		s.learned = false
	}
	if pending.learner != nil {
		s.learner = pending.learner
	}
}

// endLearned ends a part that was learned.
func (s *Station) endLearned() {
	if s.learner == nil || !s.learner.endPart() {
		return
	}
	if s.learner.finish(s.health.Baseline()); s.learner.err == nil {
		s.learner = nil
	}
}
