package inspect

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"pristine/capture"
	"pristine/verdict"
)

// Errors of triggers. Gate.Trigger returns errors that wrap them.
var (
	ErrDuplicate = errors.New("the part was triggered already") // it is being inspected, or was the last one
	ErrOverrun   = errors.New("another part is being inspected")
	ErrMissed    = errors.New("no frame came in time")
	ErrLate      = errors.New("the verdict came too late")
)

// GateOptions configure a Gate. Zero values take the defaults.
type GateOptions struct {
	Camera   string
	Frames   int           // of each part; 1
	Deadline time.Duration // from the trigger to the verdict; 500 ms
	Now      func() time.Time
	Scorer   func() Scorer // returns the live set, for the standing of an answer without a verdict
}

// Answer is the verdict on a triggered part.
type Answer struct {
	Part        string        `json:"part"`
	Verdict     Verdict       `json:"verdict"`
	Reason      Reason        `json:"reason,omitempty"`
	Defect      float64       `json:"defect"`                    // deciding P(defect); 0 if the part was not scored
	Likeliest   string        `json:"likeliest,omitempty"`       // the defect's name; absent if it is too uncertain
	LikelyShare float64       `json:"likeliest_share,omitempty"` // probability that the name is right
	LikelyBy    verdict.By    `json:"likeliest_by,omitempty"`
	Took        time.Duration `json:"-"` // from the trigger
	Standing                  // decides whether the line may act on it: see Action
}

// TriggerCounts are a gate's counters since its start.
type TriggerCounts struct{ Triggers, Answered, Missed, Late, Overrun, Duplicate uint64 }

// Gate passes frames only after a trigger, and answers the trigger with the verdict.
// It is the Frames and the Sink of a station.
//
// A part's frames are taken after its trigger, never before. Each trigger ends with
// an answer or one of the four errors, and is counted. A trigger that is not answered
// in time is published as INVALID, with the reason no_frame or late, so that event
// and caller always agree.
//
// Trigger and Counts are safe for any goroutine. One part is inspected at a time.
type Gate struct {
	frames  Frames
	next    Sink
	options GateOptions

	sending sync.Mutex // one result at a time reaches next

	mu      sync.Mutex
	job     *job
	late    map[string]*job // jobs without a caller, by part
	last    string          // the previous part
	since   capture.Drops   // since the last frame that passed
	dropped uint64
	counts  TriggerCounts
}

// job is one trigger in progress.
type job struct {
	part   string
	at     time.Time
	left   int  // frames to take
	taken  bool // a frame has passed
	answer chan Answer
}

// NewGate returns a gate before frames. Results are passed on to next.
func NewGate(frames Frames, next Sink, o GateOptions) *Gate {
	if o.Frames == 0 {
		o.Frames = 1
	}
	if o.Deadline == 0 {
		o.Deadline = 500 * time.Millisecond
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Gate{frames: frames, next: next, options: o, late: map[string]*job{}}
}

// Trigger has the part inspected and waits for its verdict, until the deadline or the
// end of ctx. An empty part is named by the number of the trigger.
func (g *Gate) Trigger(ctx context.Context, part string) (Answer, error) {
	j, err := g.begin(part)
	if err != nil {
		return g.invalid(part, ReasonNone), fmt.Errorf("trigger camera %q, part %q: %w", g.options.Camera, part, err)
	}
	ctx, cancel := context.WithTimeout(ctx, g.options.Deadline)
	defer cancel()
	select {
	case a := <-j.answer:
		return a, nil
	case <-ctx.Done():
	}
	if a, err := g.expire(ctx, j); err != nil {
		return a, fmt.Errorf("trigger camera %q, part %q: %w: waited %v", g.options.Camera, j.part, err, g.options.Now().Sub(j.at).Round(time.Millisecond))
	}
	return <-j.answer, nil // the verdict arrived at the last moment
}

func (g *Gate) begin(part string) (*job, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.counts.Triggers++
	if part == "" {
		part = fmt.Sprintf("%s-t%06d", g.options.Camera, g.counts.Triggers)
	}
	switch {
	case part == g.last:
		g.counts.Duplicate++
		return nil, ErrDuplicate
	case g.job != nil:
		g.counts.Overrun++
		return nil, ErrOverrun
	}
	g.last = part
	g.job = &job{part: part, at: g.options.Now(), left: g.options.Frames, answer: make(chan Answer, 1)}
	return g.job, nil
}

// expire stops waiting for the verdict, unless it has arrived.
func (g *Gate) expire(ctx context.Context, j *job) (Answer, error) {
	g.mu.Lock()
	if g.job != j {
		g.mu.Unlock()
		return Answer{}, nil
	}
	g.job = nil
	if j.taken { // Publish ends it when the station has a result
		g.late[j.part] = j
		g.counts.Late++
		g.mu.Unlock()
		return g.invalid(j.part, ReasonLate), ErrLate
	}
	g.counts.Missed++
	g.mu.Unlock()
	now, a := g.options.Now(), g.invalid(j.part, ReasonNoFrame)
	err := g.send(context.WithoutCancel(ctx), &Result{
		Camera: g.options.Camera, Part: j.part, Verdict: a.Verdict, Reason: a.Reason, Standing: a.Standing, Finished: now,
		Detail: fmt.Sprintf("no frame came within %v of the trigger", g.options.Deadline),
	})
	return a, errors.Join(ErrMissed, err)
}

// invalid returns the answer to a trigger that has no verdict.
func (g *Gate) invalid(part string, why Reason) Answer {
	return Answer{Part: part, Verdict: Invalid, Reason: why, Standing: standingOf(g.options.Scorer())}
}

// Take implements Frames: it waits for a frame of a triggered part.
func (g *Gate) Take(ctx context.Context, f *capture.Frame) error {
	for {
		if err := g.frames.Take(ctx, f); err != nil {
			return err
		}
		if g.admit(f) {
			return nil
		}
	}
}

func (g *Gate) admit(f *capture.Frame) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	j := g.job
	if j == nil { // complete a late part, for its event
		for _, j = range g.late {
			break
		}
	}
	g.since.Add(f.Dropped)
	if j == nil || j.left == 0 || f.Captured.Before(j.at) {
		g.since[capture.Gated]++
		g.dropped++
		return false
	}
	f.Dropped, g.since = g.since, capture.Drops{}
	j.taken = true
	j.left--
	f.Part, f.PartEnd, f.Triggered = j.part, j.left == 0, j.at
	return true
}

// Dropped returns the number of frames that came without a trigger.
func (g *Gate) Dropped() uint64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.dropped
}

// Publish implements Sink.
func (g *Gate) Publish(ctx context.Context, r *Result) error {
	g.mu.Lock()
	if j := g.late[r.Part]; j != nil {
		delete(g.late, r.Part)
		g.mu.Unlock()
		r.Detail = fmt.Sprintf("%s after %v, allowed %v", r.Verdict, g.options.Now().Sub(j.at).Round(time.Millisecond), g.options.Deadline)
		r.Verdict, r.Reason = Invalid, ReasonLate
		return g.send(ctx, r)
	}
	j := g.job
	if j == nil || j.part != r.Part {
		g.mu.Unlock()
		return g.send(ctx, r)
	}
	g.job = nil
	g.counts.Answered++
	took := g.options.Now().Sub(j.at)
	g.mu.Unlock()
	a := Answer{Part: r.Part, Verdict: r.Verdict, Reason: r.Reason, Took: took, Standing: r.Standing}
	if r.Scores != nil {
		name := r.Name()
		a.Defect, a.Likeliest, a.LikelyShare, a.LikelyBy = r.Decision.Score, name.Defect, name.Share, name.By
	}
	j.answer <- a // before publishing, so that the answer does not wait for it
	return g.send(ctx, r)
}

func (g *Gate) send(ctx context.Context, r *Result) error {
	g.sending.Lock()
	defer g.sending.Unlock()
	return g.next.Publish(ctx, r)
}

// Counts returns a copy of the counters.
func (g *Gate) Counts() TriggerCounts {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.counts
}
