package track

import (
	"context"
	"fmt"
	"math"
	"sync/atomic"

	"pristine/capture"
)

// Options configure a Tracker.
type Options struct {
	Camera      string         // parts are named CAMERA-000001 and so on
	Axis        string         // along which parts travel: x or y
	Region      [4]float64     // x, y, width, height as shares of the frame
	Empty       *capture.Frame // the empty belt; nil: learned from the first LearnFrames
	LearnFrames int
	Difference  float64        // grey levels by which a point differs from the empty belt
	MinArea     float64        // smallest share of the region that a part covers
	OnLearned   func(*Tracker) // called on Take's goroutine once the belt is learned; may be nil
}

// Frames is where a tracker takes its frames from, such as *capture.Latest.
type Frames interface {
	// Take blocks until the next frame. It returns io.EOF at the end.
	Take(ctx context.Context, f *capture.Frame) error
}

// Tracker names the part in each frame by its difference from the empty belt. It sits
// between a source and a station. A part is named in every frame in which it is
// entirely within the region, and in no other, so that each part has one verdict.
//
// Without a picture of the empty belt, the level of each point is the most frequent
// one during the first LearnFrames, which are not passed on. This works because parts
// vary and the belt does not. The belt must be bare at each point for about a third of
// the time.
//
// Parts may be close together as long as there is bare belt between them. If several
// are entirely in the region, the tracker follows one until it leaves, and then the
// one that is farthest along.
type Tracker struct {
	frames  Frames
	options Options
	belt    belief
	parts   int
	relearn atomic.Bool
	dropped capture.Drops // before frames that were not passed on

	spans    []span // of the frame; reused
	id       string
	open     bool
	last     span    // the part that is followed, or was last
	seen     bool    // last is a part
	velocity float64 // columns a frame
	since    int     // frames since last was seen
}

// span is a run of columns (rows, for axis y) that contain one part.
type span struct {
	from, to int // columns; to is behind the last
	points   int // that differ from the belt
}

func (s span) middle() float64 { return float64(s.from+s.to) / 2 }
func (s span) width() float64  { return float64(s.to - s.from) }

// forget is how many frames a part that left is remembered, so that a flicker at the
// region's edge does not make a second part of it.
const forget = 5

// New returns a tracker of the frames.
func New(frames Frames, o Options) *Tracker {
	t := &Tracker{frames: frames, options: o}
	t.belt = belief{options: o}
	return t
}

// Learned reports whether the tracker has learned the empty belt. It is false if the
// belt was given.
func (t *Tracker) Learned() bool { return t.belt.learned && t.options.Empty == nil }

// Relearn makes the tracker learn the empty belt again from the next frames. It is
// safe for any goroutine.
func (t *Tracker) Relearn() { t.relearn.Store(true) }

// Take implements Frames.
func (t *Tracker) Take(ctx context.Context, f *capture.Frame) error {
	for {
		if err := t.frames.Take(ctx, f); err != nil {
			return err
		}
		if f.Damaged != "" || f.Width <= 0 || f.Height <= 0 || len(f.Pix) != 3*f.Width*f.Height {
			// The station reports why the frame is unfit. It counts for the part in
			// view, which keeps moving.
			t.since++
			if f.Part = ""; t.open {
				f.Part = t.id
			}
			return nil
		}
		f.Dropped.Add(t.dropped)
		t.dropped = capture.Drops{}
		if t.relearn.CompareAndSwap(true, false) {
			t.belt = belief{options: t.options}
			t.open = false
		}
		known := t.belt.learned
		if t.belt.ready(f) {
			t.name(f)
			return nil
		}
		t.dropped = f.Dropped // the belt is learned from this frame; frames dropped before it still count
		if !known && t.belt.learned && t.options.OnLearned != nil {
			t.options.OnLearned(t)
		}
	}
}

// name sets the frame's part to the one that is entirely within the region.
func (t *Tracker) name(f *capture.Frame) {
	t.spans = t.belt.spans(f, t.spans[:0])
	steps := float64(1 + min(f.Dropped.Total(), 100))
	t.since++
	f.Part, f.PartEnd = "", false
	at, found := t.follow(steps)
	switch {
	case found:
		if t.since == 1 {
			t.velocity = (at.middle() - t.last.middle()) / steps
		}
		t.last, t.since = at, 0
	case t.open:
		t.open = false
		fallthrough
	default:
		if at, found = t.newcomer(); found {
			t.parts++
			t.id = fmt.Sprintf("%s-%06d", t.options.Camera, t.parts)
			t.open, t.seen, t.last, t.since = true, true, at, 0
		}
	}
	if t.open {
		f.Part = t.id
	}
}

// follow finds the last part again. A part that was lost is followed but not named
// again.
func (t *Tracker) follow(steps float64) (span, bool) {
	if !t.seen || t.since > forget {
		return span{}, false
	}
	expected := t.last.middle() + t.velocity*steps*float64(t.since)
	for _, s := range t.spans {
		if math.Abs(s.middle()-expected) < s.width()/2 {
			return s, true
		}
	}
	return span{}, false
}

// newcomer returns the part that is farthest along the belt.
func (t *Tracker) newcomer() (best span, found bool) {
	for _, s := range t.spans {
		if !found || (t.velocity < 0) == (s.from < best.from) {
			best, found = s, true
		}
	}
	return best, found
}
