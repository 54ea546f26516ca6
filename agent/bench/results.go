package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"pristine/agent"
	"pristine/capture"
	"pristine/inspect"
	"pristine/internal/meter"
	"pristine/observe"
	"pristine/prompts"
	"pristine/verdict"
)

// withResults calls f with a store of its own, which takes results as a running
// agent's does.
func (b *Bench) withResults(ctx context.Context, f func(*agent.Results) error) (err error) {
	dir, err := os.MkdirTemp("", "edge-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	results, err := agent.OpenResults(ctx, dir, b.Cameras, b.model, b.bank)
	if err != nil {
		return err
	}
	return errors.Join(f(results), results.Close())
}

// result measures what becomes of a verdict: hash, pictures, evidence and event
// on the disk. It is reported separately, since a line has one result a part, not
// one a frame.
func (b *Bench) result(ctx context.Context, r *Report) error {
	return b.withResults(ctx, func(results *agent.Results) error {
		var f capture.Frame
		var o prompts.Observation
		var scores prompts.Scores
		f = b.samples[0]
		o.Ask(b.bank.Needs())
		if err := b.model.NewEncoder(observe.View{}).Encode(ctx, &f, &o); err != nil {
			return err
		}
		if err := b.bank.Score(&o, &scores); err != nil {
			return err
		}
		sink := &agingSink{next: results.Sink(0), fail: b.Fail}
		cost, all, err := measureInParts(min(b.Frames, 100), func() error {
			now := time.Now()
			f.Captured = now
			err := sink.Publish(ctx, &inspect.Result{
				Camera: "bench", Frame: &f, Frames: 1, Scores: &scores, Embedding: o.Embedding, Scorer: b.bank, Finished: now, Limits: inspect.Limits{Review: 0.4, Fail: 0.6, N: 1, M: 1},
			})
			return errors.Join(err, results.Drain(ctx))
		})
		if err == nil {
			err = complete(results)
		}
		r.ResultMS = meter.Milliseconds(cost.Wall)
		r.Stages = append(r.Stages, newStage(fmt.Sprintf("result, %g%% FAIL", 100*b.Fail), cost, all))
		return err
	})
}

// complete returns an error where a result has no event: what was measured then
// is less than an agent does.
func complete(results *agent.Results) error {
	if lost, _ := results.Lost(); lost > 0 {
		return fmt.Errorf("%d results could not be stored: is the temporary folder's disk full? Set TMPDIR to another", lost)
	}
	return nil
}

// agingSink makes a share of the results FAIL and the others PASS, notes how old their
// frames are, and passes them on to next, if there is one.
type agingSink struct {
	next inspect.Sink
	ages []time.Duration
	fail float64 // share, in [0, 1]
	n    float64 // results so far

	parts   *taximeter // of all cameras; nil where nobody asks for samples
	samples []Sample   // that this sink's results completed
}

// Publish implements inspect.Sink. Unfit frames keep their verdict.
func (s *agingSink) Publish(ctx context.Context, r *inspect.Result) error {
	if r.Scores != nil {
		s.ages = append(s.ages, r.Finished.Sub(r.Frame.Captured))
		failed := int(s.n * s.fail)
		s.n++
		r.Verdict, r.Reason = verdict.Pass, verdict.ReasonNone
		if int(s.n*s.fail) > failed {
			r.Verdict = verdict.Fail
		}
	}
	if s.parts != nil {
		if sample, ok := s.parts.frame(); ok {
			s.samples = append(s.samples, sample)
		}
	}
	if s.next == nil {
		return nil
	}
	return s.next.Publish(ctx, r)
}
