package inspect

import (
	"context"
	"errors"
	"fmt"
	"io"

	"pristine/capture"
	"pristine/prompts"
)

// LearnOptions say how a station learns what good parts look like.
type LearnOptions struct {
	Parts     int  // good parts to take, at least 3
	PartsOnly bool // take only frames that belong to a part
	Health    HealthLimits
	Baseline  *Baseline             // learns from the same frames, and is settled; may be nil
	Progress  func(done, total int) // may be nil
	// Turn adds to a frame's observation what it shows turned; nil leaves that
	// out. It is asked of references only.
	Turn func(ctx context.Context, f *capture.Frame, o *prompts.Observation) error
}

// ErrEnded is within the error of Learn when frames end before it has learned.
var ErrEnded = errors.New("the camera ended")

// referenceShare: one in so many of the learned parts becomes a reference; the
// rest are scored against them and so show how far good parts spread.
const referenceShare = 2

// Learn takes the next parts as good ones: half become references, the
// others set the scale of P(defect). Unfit frames are left out. It gives the
// bank to inspect with. Where frames end earlier it does with two parts beside the
// references; fewer are ErrEnded.
func Learn(ctx context.Context, o LearnOptions, frames Frames, encoder Encoder, bank *prompts.Bank, references *prompts.References) (*prompts.Bank, error) {
	l := learner{options: o, bank: bank, references: references, health: newHealth(o.Health, o.Baseline)}
	var f capture.Frame
	var observation prompts.Observation
	observation.TileGrid = [2]int{bank.Tiles(), bank.Tiles()}
	for l.parts <= o.Parts {
		err := frames.Take(ctx, &f)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if f.Part == "" && o.PartsOnly || l.health.check(&f, f.Captured) != ReasonNone {
			continue
		}
		if l.begins(&f) && l.parts > o.Parts {
			break
		}
		if err := encoder.Encode(ctx, &f, &observation); err != nil {
			return nil, fmt.Errorf("learn good parts: %w", err)
		}
		if err := l.take(ctx, &f, &observation); err != nil {
			return nil, fmt.Errorf("learn good parts: %w", err)
		}
	}
	if len(l.good) < 2 {
		return nil, fmt.Errorf("learn good parts: %w after %d of %d parts: set a source that shows more of them, or a lower learn_parts", ErrEnded, l.parts, o.Parts)
	}
	l.health.baseline.Settle()
	return l.fitted.CalibrateGood(l.good)
}

type learner struct {
	options    LearnOptions
	bank       *prompts.Bank
	references *prompts.References
	health     *health
	fitted     *prompts.Bank
	scores     prompts.Scores
	id         string
	parts      int       // begun
	taken      bool      // this part is a reference already
	good       []float32 // the highest raw score of each part that is no reference
}

// begins tells whether a frame is the first of a part. A frame without a part
// is one of its own.
func (l *learner) begins(f *capture.Frame) bool {
	if l.parts > 0 && f.Part != "" && f.Part == l.id {
		return false
	}
	l.id, l.taken = f.Part, false
	l.parts++
	if l.options.Progress != nil && l.parts <= l.options.Parts {
		l.options.Progress(l.parts, l.options.Parts)
	}
	return true
}

func (l *learner) take(ctx context.Context, f *capture.Frame, o *prompts.Observation) error {
	wanted := max(l.options.Parts/referenceShare, 1)
	if l.parts <= wanted {
		if l.taken {
			return nil
		}
		l.taken = true
		reference := *o
		if l.options.Turn != nil && l.bank.Set.Turned.Encodes(wanted) {
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
	at := l.parts - wanted - 1
	if at == len(l.good) {
		l.good = append(l.good, float32(l.scores.Raw))
	}
	l.good[at] = max(l.good[at], float32(l.scores.Raw))
	return nil
}
