package inspect

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"sync"
	"time"

	"pristine/capture"
	"pristine/inspect/health"
	"pristine/prompts"
)

// Frames is the source of a station's frames, such as *capture.Latest.
type Frames interface {
	// Take blocks until the next frame. It returns io.EOF at the end.
	Take(ctx context.Context, f *capture.Frame) error
}

// Encoder turns a frame into an observation whose slices are valid until the next call.
type Encoder interface {
	Encode(ctx context.Context, f *capture.Frame, o *prompts.Observation) error
}

// Scorer scores an observation. The station asks for the live Scorer once per frame,
// before encoding. A frame is therefore encoded for, scored by and judged with one set,
// even while sets are swapped.
type Scorer interface {
	Score(o *prompts.Observation, s *prompts.Scores) error
	Thresholds() prompts.Thresholds // of its scores
	Needs() prompts.Needs           // how its observations must be encoded
	Armed() (bool, string)          // whether its verdicts may be acted on, and why
}

// Sink receives the results in order. The pointers of a Result are valid only during the
// call. The station counts an error and continues.
type Sink interface {
	Publish(ctx context.Context, r *Result) error
}

// Options describe a station.
type Options struct {
	Camera      string
	PartsOnly   bool          // inspect only frames that belong to a part
	Limits      Limits        // N, M and HoldOff; the thresholds come with each scorer
	Shadow      func() Scorer // a second set, scored on the same frames and only counted; may be nil
	Health      health.Limits
	Baseline    *health.Baseline         // from Learn; nil: learned from the station's first frames
	OnLearned   func(b *health.Baseline) // called by Run's goroutine once the baseline is learned; may be nil
	OnExamined  func(*Examined)          // called by Run's goroutine after each frame that was examined; may be nil
	Unready     func() (Reason, string)  // why frames cannot be judged now, as code and text; ReasonNone if they can; may be nil
	SilentAfter time.Duration            // a camera without frames for this time is INVALID no_frame; 0: never
	Now         func() time.Time
}

// Station inspects the frames of one camera.
type Station struct {
	opts    Options
	frames  Frames
	encoder Encoder
	scorer  func() Scorer
	sink    Sink
	health  *health.Checker
	window  *window
	shadow  *window  // of the shadow set
	learned bool     // OnLearned was called
	learner *Learner // nil unless the station learns

	frame       capture.Frame
	observation prompts.Observation
	scores      prompts.Scores
	shadowed    prompts.Scores
	part        partState
	stale       uint64   // 1 if the previous frame was refused as too old
	result      Result   // the last; reused
	examined    Examined // the last; reused

	mu       sync.Mutex
	counts   Counts
	waits    time.Time // start of the wait for the next frame, or of its inspection
	busy     bool      // a frame is being inspected
	learns   bool      // … and learned from, which may take long
	silent   bool
	lastFail time.Time
	pending  *relearning
}

// New returns a station. scorer returns the live bank.
func New(o Options, frames Frames, encoder Encoder, scorer func() Scorer, sink Sink) *Station {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Station{
		opts: o, frames: frames, encoder: encoder, scorer: scorer, sink: sink,
		health: health.New(o.Health, o.Baseline), window: newWindow(o.Limits.M), shadow: newWindow(o.Limits.M),
		waits: o.Now(), counts: Counts{Verdicts: map[Verdict]uint64{}, Severities: map[Severe]uint64{}, Shadow: map[Comparison]uint64{}},
	}
}

// Counts returns a copy of the counters. It is safe for any goroutine.
func (s *Station) Counts() Counts {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.counts
	c.Verdicts = make(map[Verdict]uint64, len(s.counts.Verdicts))
	for v, n := range s.counts.Verdicts {
		c.Verdicts[v] = n
	}
	c.Severities = maps.Clone(s.counts.Severities)
	c.Shadow = maps.Clone(s.counts.Shadow)
	return c
}

// Run inspects until the frames end (nil) or ctx is done (its cause). The part in view
// gets its verdict before Run returns.
func (s *Station) Run(ctx context.Context) error {
	for {
		s.mu.Lock()
		s.waits, s.busy = s.opts.Now(), false
		s.mu.Unlock()
		err := s.frames.Take(ctx, &s.frame)
		if err != nil {
			s.closePart(context.WithoutCancel(ctx))
			if s.learner != nil {
				s.learner.end(s.health.Baseline())
			}
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		s.inspect(ctx, &s.frame)
	}
}

// inspect processes one frame, and publishes a result when a part is complete.
func (s *Station) inspect(ctx context.Context, f *capture.Frame) {
	now := s.opts.Now()
	s.mu.Lock()
	s.counts.Frames++
	s.waits, s.busy, s.silent = now, true, false
	s.learns = s.learner != nil || s.pending != nil
	s.mu.Unlock()

	f.Dropped[capture.Stale] += s.stale
	s.stale = 0

	if s.part.open && f.Part != s.part.id {
		s.closePart(ctx)
	}
	if f.Part == "" && s.opts.PartsOnly {
		s.mu.Lock()
		s.counts.Idle++
		s.mu.Unlock()
		return
	}
	if !s.part.open {
		s.beginLearning()
	}
	if f.Part != "" && !s.part.open {
		s.window.reset()
		s.shadow.reset()
		s.part.begin(f.Part)
	}
	part, end := f.Part, f.PartEnd // examine may swap the frame
	s.examined = Examined{Part: f.Part, Seq: f.Seq, Triggered: f.Triggered, Captured: f.Captured, Delivered: f.Delivered, Taken: time.Now()}
	s.examined.Reason = s.examine(ctx, f, now)
	if s.opts.OnExamined != nil {
		s.opts.OnExamined(&s.examined)
	}
	switch {
	case part == "":
		s.closeFrame(ctx)
	case end:
		s.closePart(ctx)
	}
}

// examine checks, encodes and scores a frame, and records the outcome for its part.
// It may swap *f with a frame that it no longer needs. It returns why the frame was
// not scored.
func (s *Station) examine(ctx context.Context, f *capture.Frame, now time.Time) Reason {
	reason := s.health.Check(f, now)
	checked := s.opts.Now()
	s.examined.Checked = time.Now()
	if reason == ReasonStale {
		s.stale++
		s.mu.Lock()
		s.counts.Stale++
		s.mu.Unlock()
	}
	if reason != ReasonNone {
		detail := s.health.Detail(reason)
		if reason == ReasonDamaged {
			detail = f.Damaged
		}
		s.part.unfit(f, reason, detail)
		return reason
	}
	if !s.learned && s.health.Baseline().Learned() {
		s.learned = true
		if s.opts.OnLearned != nil {
			s.opts.OnLearned(s.health.Baseline())
		}
	}
	if s.opts.Unready != nil {
		if reason, detail := s.opts.Unready(); reason != ReasonNone {
			s.part.unfit(f, reason, detail)
			return reason
		}
	}
	scorer := s.scorer()
	needs := scorer.Needs()
	if s.learner != nil {
		needs = s.learner.needs()
	}
	s.observation.Ask(needs)
	if err := s.encoder.Encode(ctx, f, &s.observation); err != nil {
		s.part.unfit(f, ReasonModel, fmt.Sprintf("encode frame: %v", err))
		return ReasonModel
	}
	encoded := s.opts.Now()
	s.examined.Encoded = time.Now()
	if s.learner != nil {
		s.learner.observe(ctx, f, &s.observation)
		s.part.learned(f, s.learner.detail())
		return ReasonLearning
	}
	if err := scorer.Score(&s.observation, &s.scores); err != nil {
		s.part.unfit(f, ReasonModel, fmt.Sprintf("score frame: %v", err))
		return ReasonModel
	}
	scored := s.opts.Now()
	s.examined.Scored = time.Now()
	s.mu.Lock()
	s.counts.Scored++
	s.mu.Unlock()
	s.window.add(newSample(&s.scores, scorer.Thresholds()))
	s.compare()
	s.part.fit(f, scorer, &s.observation, &s.scores, timing{checked.Sub(now), encoded.Sub(checked), scored.Sub(encoded)})
	return ReasonNone
}

// compare scores the frame with the shadow set. It uses the same observation and costs
// no encoding.
func (s *Station) compare() {
	if s.opts.Shadow == nil {
		return
	}
	scorer := s.opts.Shadow()
	if err := scorer.Score(&s.observation, &s.shadowed); err != nil {
		s.mu.Lock()
		s.counts.Unshadowed++
		s.mu.Unlock()
		return
	}
	s.shadow.add(newSample(&s.shadowed, scorer.Thresholds()))
}
