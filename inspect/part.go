package inspect

import (
	"context"
	"time"

	"pristine/capture"
	"pristine/prompts"
)

type timing struct{ health, encode, score time.Duration }

// partState collects the frames of the part in view. It reuses its buffers from part to
// part.
type partState struct {
	open      bool
	id        string
	frames    int  // scored
	any       bool // best holds a frame
	scored    bool // best was scored
	best      capture.Frame
	scores    prompts.Scores
	embedding []float32 // of best
	scorer    Scorer    // of scores
	timing    timing
	reason    Reason // of the first unfit frame
	detail    string
}

func (p *partState) begin(id string) {
	p.open, p.id = true, id
	p.clear()
}

func (p *partState) clear() {
	p.frames, p.any, p.scored = 0, false, false
	p.reason, p.detail = ReasonNone, ""
}

// fit keeps the frame if it is the worst of the part so far. A frame that fails outranks
// one whose defect is for review only, whatever the scores: the frame that is shown must
// be one that decided.
func (p *partState) fit(f *capture.Frame, scorer Scorer, o *prompts.Observation, s *prompts.Scores, t timing) {
	p.frames++
	if p.scored && !worse(newSample(s, scorer.Thresholds()), s, newSample(&p.scores, p.scorer.Thresholds()), &p.scores) {
		return
	}
	p.swapIn(f)
	p.scored, p.scorer, p.timing = true, scorer, t
	s.CopyTo(&p.scores)
	p.embedding = append(p.embedding[:0], o.Embedding...)
}

// worse reports whether scores with verdict v are worse for the part than the others
// with verdict w.
func worse(v sample, s *prompts.Scores, w sample, other *prompts.Scores) bool {
	if (v.verdict == Fail) != (w.verdict == Fail) {
		return v.verdict == Fail
	}
	return s.Defect > other.Defect
}

// unfit keeps the first unfit frame, unless a fit one is already kept.
func (p *partState) unfit(f *capture.Frame, r Reason, detail string) {
	if p.reason == ReasonNone {
		p.reason, p.detail = r, detail
	}
	if !p.any {
		p.swapIn(f)
	}
}

// learned records a frame of a part that is learned and gets no verdict.
func (p *partState) learned(f *capture.Frame, detail string) {
	p.unfit(f, ReasonLearning, detail)
	p.reason, p.detail = ReasonLearning, detail
}

// swapIn keeps the frame and returns the buffer of the previous one to the camera. A
// copy would cost more than the health checks.
func (p *partState) swapIn(f *capture.Frame) {
	p.best, *f = *f, p.best
	p.any = true
}

// closePart publishes the verdict of the part in view, if there is one.
func (s *Station) closePart(ctx context.Context) {
	if !s.part.open {
		return
	}
	s.publish(ctx, s.part.id)
	s.endLearned()
	s.part.open = false
	s.part.clear()
}

// closeFrame publishes the verdict of the last M frames, for a frame without a part.
func (s *Station) closeFrame(ctx context.Context) {
	s.publish(ctx, "")
	s.endLearned()
	s.part.clear()
}

func (s *Station) publish(ctx context.Context, part string) {
	now := s.opts.Now()
	s.result = Result{
		Camera: s.opts.Camera, Part: part, Frames: s.part.frames, Limits: s.opts.Limits, Finished: now,
		Health: s.part.timing.health, Encode: s.part.timing.encode, Score: s.part.timing.score,
	}
	r := &s.result
	if s.part.any {
		r.Frame = &s.part.best
	}
	switch {
	case s.part.scored:
		r.Scores, r.Embedding = &s.part.scores, s.part.embedding
		r.Scorer = s.part.scorer
		r.Verdict, r.Reason = s.window.decide(s.opts.Limits)
		r.Decision = s.window.decision(r.Verdict, r.Reason, s.opts.Limits)
		if s.shadow.filled > 0 {
			r.Compared, _ = s.shadow.decide(s.opts.Limits)
		}
	case s.part.reason != ReasonNone:
		r.Verdict, r.Reason, r.Detail = Invalid, s.part.reason, s.part.detail
	default:
		r.Verdict, r.Reason = Invalid, ReasonNoFrame
	}
	if bank, ok := r.Scorer.(interface{ Sensitivity() prompts.Sensitivity }); ok && r.Reason == ReasonInsensitive {
		r.Detail = bank.Sensitivity().Detail
	}
	r.Limits, r.Standing = s.judgedBy(r.Scorer)
	if part == "" && r.Verdict == Fail && s.heldOff(now) {
		return
	}
	s.send(ctx, r)
}

// heldOff reports whether a FAIL without a part is within the hold-off of the previous
// one.
func (s *Station) heldOff(now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.lastFail.IsZero() && now.Sub(s.lastFail) < s.opts.Limits.HoldOff {
		s.counts.HeldOff++
		return true
	}
	s.lastFail = now
	return false
}

func (s *Station) send(ctx context.Context, r *Result) {
	err := s.sink.Publish(ctx, r)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts.Verdicts[r.Verdict]++
	if r.Scores != nil && (r.Verdict == Fail || r.Verdict == Review) {
		s.counts.Severities[Severe{r.Verdict, r.Name().Severity}]++
	}
	if r.Compared != "" {
		s.counts.Shadow[Comparison{r.Verdict, r.Compared}]++
	}
	if err != nil {
		s.counts.Unsent++
	}
}

// Check publishes INVALID no_frame, once per outage, if the station has waited for a
// frame for longer than SilentAfter. It reports whether it has. Time in which the
// station inspects or learns does not count, since frames may wait then. It publishes
// INVALID model_not_ready, also once, if an inspection takes stuckAfter times as long. The
// station's owner calls Check periodically, from any goroutine.
func (s *Station) Check(ctx context.Context) bool {
	now := s.opts.Now()
	s.mu.Lock()
	silence := now.Sub(s.waits)
	limit, reason, what := s.opts.SilentAfter, ReasonNoFrame, "no frame for "
	if s.busy {
		limit, reason, what = stuckAfter*limit, ReasonModel, "an inspection has not ended for "
	}
	overdue := limit > 0 && (!s.busy || !s.learns) && silence > limit
	first := overdue && !s.silent
	s.silent = overdue
	s.mu.Unlock()
	if first {
		limits, standing := s.judgedBy(nil)
		s.send(ctx, &Result{
			Camera: s.opts.Camera, Verdict: Invalid, Reason: reason, Limits: limits, Standing: standing, Finished: now,
			Detail: what + silence.Round(time.Millisecond).String(),
		})
	}
	return overdue
}

// stuckAfter is how many times SilentAfter an inspection may take. In less time an
// encoder or a store that hangs cannot be told from a slow one.
const stuckAfter = 3

// judgedBy returns the limits and the standing of a result: those of the set that scored
// it, or of the live set if nothing was scored.
func (s *Station) judgedBy(scorer Scorer) (Limits, Standing) {
	if scorer == nil {
		scorer = s.scorer()
	}
	l, t := s.opts.Limits, scorer.Thresholds()
	l.Review, l.Fail = t.Review, t.Fail
	return l, standingOf(scorer)
}
