//go:build !race

// One goroutine: the race detector would have nothing to see, and take ten times
// as long.

package health

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"pristine/capture"
	"pristine/verdict"
)

// knock moves the picture by so many pixels; at its edges the last ones repeat.
func knock(f *capture.Frame, dx, dy int) {
	own := append([]byte(nil), f.Pix...)
	for y := range f.Height {
		for x := range f.Width {
			from := 3 * (min(max(y-dy, 0), f.Height-1)*f.Width + min(max(x-dx, 0), f.Width-1))
			copy(f.Pix[3*(y*f.Width+x):3*(y*f.Width+x)+3], own[from:from+3])
		}
	}
}

// fixture gives frames of a still view, with a sensor's noise.
func fixture(dx, dy int) func() *capture.Frame {
	const width, height = 320, 240
	r, at := rand.New(rand.NewPCG(1, 2)), time.Unix(1000, 0)
	f := &capture.Frame{}
	return func() *capture.Frame {
		f.Resize(width, height)
		at = at.Add(50 * time.Millisecond)
		f.Captured = at
		for i := range width * height {
			x, y := float64(i%width-dx), float64(i/width-dy)
			level := byte(scene(x, y) + 3*r.NormFloat64())
			f.Pix[3*i], f.Pix[3*i+1], f.Pix[3*i+2] = level, level, level
		}
		return f
	}
}

var shiftLimits = Limits{Learn: 2 * time.Second, Moved: 0.5, Shift: 2}

// reported counts the frames that are refused as moved.
func reported(b *Baseline, frames int, next func() *capture.Frame) (n int) {
	for range frames {
		if b.Observe(next()) == verdict.ReasonMoved {
			n++
		}
	}
	return n
}

// turns is how many frames it takes until most anchors were measured often
// enough.
const turns = mostAnchors * measures

func TestBaseline_KnockOfThreePixels(t *testing.T) {
	t.Parallel()
	for _, d := range [][2]int{{3, 0}, {-2, -3}, {0, 1}} {
		b := NewBaseline(shiftLimits)
		if n := reported(b, 42+turns, fixture(0, 0)); n > 0 || !b.Learned() || !b.anchors.hold() {
			t.Fatalf("%d frames of a camera that was not touched are moved; %d anchors", n, len(b.anchors.all))
		}
		n := reported(b, turns+4, fixture(d[0], d[1]))
		if moved := max(d[0], d[1], -d[0], -d[1]) > 2; moved != (n > 0) {
			t.Errorf("after a knock of %v pixels %d frames are moved: %+v", d, n, b.now)
		}
		if words := b.detail(verdict.ReasonMoved); n > 0 && !strings.HasPrefix(words, "shift ") && !strings.HasPrefix(words, "view ") {
			t.Errorf("%v: %s", d, words)
		}
	}
}

func TestBaseline_BeltDriftAndShakeAreNoKnock(t *testing.T) {
	t.Parallel()
	for _, options := range []string{"", "&shake=2", "&drift=0.2&blur=1&dropouts=0.2"} {
		line := newBelt(t, "testline://?fps=0&speed=61&defect_rate=0.3&after=90"+options)
		b := NewBaseline(shiftLimits)
		if n := reported(b, 90+turns+30, line.next); n > 0 || !b.anchors.hold() {
			t.Errorf("%q: %d frames are moved, of %d anchors", options, n, len(b.anchors.all))
		}
		if options != "" {
			continue
		}
		if n := reported(b, turns, func() *capture.Frame { f := line.next(); knock(f, 0, 3); return f }); n == 0 {
			t.Errorf("a knock across the rails is not seen: %+v", b.now)
		}
	}
}

// A line that stood while its view was learned starts: its belt is no anchor for
// long.
func TestBaseline_BeltThatStartsAfterLearning(t *testing.T) {
	t.Parallel()
	b, line := NewBaseline(shiftLimits), newBelt(t, "testline://?fps=0&speed=61&kind=board")
	for range 30 {
		line.next()
	}
	standing := *line.next()
	standing.Pix = append([]byte(nil), standing.Pix...)
	at := line.at
	if n := reported(b, 42, func() *capture.Frame { at = at.Add(50 * time.Millisecond); standing.Captured = at; return &standing }); n > 0 {
		t.Errorf("%d frames that do not change are moved", n)
	}
	line.at = at
	shifted := 0
	for range 2 * turns {
		b.Observe(line.next())
		if b.now.shift > shiftLimits.Shift {
			shifted++
		}
	}
	if shifted > 0 || !b.anchors.hold() {
		t.Errorf("%d frames are shifted, of %d anchors", shifted, len(b.anchors.all))
	}
}

func TestBaseline_AnchorsAllocateNothing(t *testing.T) {
	b, next := NewBaseline(shiftLimits), fixture(0, 0)
	for range 42 + referenceFrames {
		b.Observe(next())
	}
	f := next()
	if n := testing.AllocsPerRun(20, func() { b.Observe(f) }); n > 0 || !b.anchors.hold() {
		t.Errorf("%v allocations a frame, %d anchors", n, len(b.anchors.all))
	}
}
