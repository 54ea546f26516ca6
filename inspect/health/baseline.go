package health

import (
	"fmt"
	"math"
	"time"

	"pristine/capture"
	"pristine/internal/polygon"
	"pristine/verdict"
)

// Baseline describes a camera's normal pictures. It learns from the first frames. In
// the first half of the learning time it records the mean and the spread of the grey
// level at each point of a sparse grid. In the second half it records the normal range
// of each signal. Points that keep their level (a frame, rails, the edge of the belt)
// are steady. Light, view, bands and colour are measured at steady points, shift at
// those with edges. Parts may cover them, as long as some belt is visible in a quarter
// of the rows.
//
// A Baseline belongs to one goroutine at a time.
type Baseline struct {
	limits        Limits
	area          *polygon.Area
	mask          *polygon.Mask // of the frames' size
	width, height int
	cols, rows    int
	phase         phase
	began         time.Time // capture time of the phase's first frame
	frames        int       // of the phase
	offsets       []int32   // [rows, cols] of the points' pixels
	mean, spread  []float32 // [rows, cols]; spread is the sum of squared deviations until it is settled
	tint          []float32 // [rows, cols] mean of blue minus red
	steady        []int32   // indices of points
	landmarks     []int32   // steady points beside an edge
	anchors       anchors   // steady patches with edges
	sharpness     float64   // mean of the phase
	now           signals   // of the last frame
	strayed       signals   // the worst of the second half
}

type phase int

const (
	collecting phase = iota
	ranging
	watching
)

// leastFrames is the smallest number of frames of a half. Fewer frames do not show the
// spread.
const leastFrames = 16

// steadySpread is the largest standard deviation of a steady point, in grey levels. It
// is above the noise and texture of a running belt and far below a passing part.
const steadySpread = 8

// strayedLevel is the largest deviation of a steady point from its mean in the second
// half of learning, in grey levels: three times the spread.
const strayedLevel = 3 * steadySpread

// leastSteady is the number of steady points that the checks of light, view, bands and
// colour need.
const leastSteady = 64

// landmarkStep is the difference between neighbouring points that makes a landmark, in
// grey levels.
const landmarkStep = 12

// slack widens limits that normal frames came close to. A limit is at least slack times
// the worst value during learning.
const slack = 1.5

// NewBaseline returns a baseline that learns from the first frames that it observes.
// Without limits.Learn it learns nothing and refuses nothing.
func NewBaseline(limits Limits) *Baseline {
	return &Baseline{limits: limits, area: polygon.NewArea(limits.Polygon)}
}

// Observe learns from a frame that passed the other checks, or compares it with the
// learned ones. It returns the reason for which the frame is unfit, or
// verdict.ReasonNone.
func (b *Baseline) Observe(f *capture.Frame) verdict.Reason {
	if b.limits.Learn <= 0 {
		return verdict.ReasonNone
	}
	if b.mean == nil {
		b.begin(f)
	}
	if f.Width != b.width || f.Height != b.height {
		if b.phase == collecting {
			b.begin(f)
		} else {
			return verdict.ReasonWrongSize
		}
	}
	switch b.phase {
	case collecting:
		b.collect(f)
	case ranging:
		b.steady, b.landmarks = b.prune(f, b.steady), b.prune(f, b.landmarks)
		b.measure(f)
		b.stray()
	case watching:
		b.measure(f)
		return b.judge()
	}
	if b.frames >= leastFrames && f.Captured.Sub(b.began) >= b.limits.Learn/2 {
		b.advance(f.Captured)
	}
	return verdict.ReasonNone
}

// Settle ends learning at once if there were enough frames. Parts that a station learned
// from show normal operation better than elapsed time.
func (b *Baseline) Settle() {
	for b.phase != watching && b.frames >= leastFrames {
		b.advance(b.began)
		if b.phase == ranging {
			b.strayed = signals{sharpness: b.sharpness, view: 1, colour: 1}
			b.frames = leastFrames
		}
	}
}

// Learned reports whether learning is complete and frames are compared.
func (b *Baseline) Learned() bool { return b.phase == watching }

func (b *Baseline) begin(f *capture.Frame) {
	b.width, b.height, b.mask = f.Width, f.Height, b.area.On(f.Width, f.Height)
	b.cols, b.rows = gridSize(f.Width), gridSize(f.Height)
	n := b.cols * b.rows
	b.mean, b.spread, b.tint = make([]float32, n), make([]float32, n), make([]float32, n)
	b.offsets = make([]int32, n)
	for i := range b.offsets {
		x, y := b.place(int32(i))
		b.offsets[i] = int32(3 * (y*b.width + x))
	}
	b.steady, b.landmarks = b.steady[:0], b.landmarks[:0]
	b.phase, b.began, b.frames, b.sharpness = collecting, f.Captured, 0, 0
}

// collect updates mean and spread of every point (Welford's method).
func (b *Baseline) collect(f *capture.Frame) {
	b.frames++
	share := 1 / float32(b.frames)
	for row := range b.rows {
		line := gridRow(f, row)
		for col := range b.cols {
			p := line[gridStep*3*col+3*gridStart(f.Width):][:3]
			i := row*b.cols + col
			level := float32(p[1])
			d := level - b.mean[i]
			b.mean[i] += d * share
			b.spread[i] += d * (level - b.mean[i])
			b.tint[i] += (float32(int(p[0])-int(p[2])) - b.tint[i]) * share
		}
	}
	b.sharpness += (sharpness(f, b.mask) - b.sharpness) / float64(b.frames)
}

func (b *Baseline) advance(now time.Time) {
	if b.phase == collecting {
		b.settlePoints()
		b.anchors.choose(b)
		b.strayed = signals{sharpness: math.Inf(1), view: 1, colour: 1}
	}
	b.phase++
	b.began, b.frames = now, 0
}

// settlePoints finds the steady points, and the landmarks among them.
func (b *Baseline) settlePoints() {
	for i := range b.mean {
		if b.spread[i] > steadySpread*steadySpread*float32(b.frames) || !b.mask.Contains(b.place(int32(i))) {
			continue
		}
		b.steady = append(b.steady, int32(i))
		edge := i%b.cols+1 < b.cols && math.Abs(float64(b.mean[i]-b.mean[i+1])) > landmarkStep ||
			i+b.cols < len(b.mean) && math.Abs(float64(b.mean[i]-b.mean[i+b.cols])) > landmarkStep ||
			i%b.cols > 0 && math.Abs(float64(b.mean[i]-b.mean[i-1])) > landmarkStep ||
			i >= b.cols && math.Abs(float64(b.mean[i]-b.mean[i-b.cols])) > landmarkStep
		if edge {
			b.landmarks = append(b.landmarks, int32(i))
		}
	}
}

// prune removes points that looked steady in the first half only because no part had
// passed yet.
func (b *Baseline) prune(f *capture.Frame, points []int32) []int32 {
	kept := points[:0]
	for _, i := range points {
		if math.Abs(float64(b.at(f, i)[1])-float64(b.mean[i])) <= strayedLevel {
			kept = append(kept, i)
		}
	}
	return kept
}

// Signal is one measurement of a camera's health.
type Signal struct {
	Name    string
	Reason  verdict.Reason // of a picture that exceeds the limit
	Now     float64        // of the last frame
	Learned float64        // the worst value during learning
	Limit   float64        // 0: the check is off, or not possible with this view
	Floor   bool           // the limit is a minimum, not a maximum
}

// Signals returns the measurements of the last frame and the limits in effect.
func (b *Baseline) Signals() []Signal {
	l := b.bounds()
	return []Signal{
		{"sharpness", verdict.ReasonBlurred, b.now.sharpness, b.strayed.sharpness, l.sharpness, true},
		{"view", verdict.ReasonMoved, b.now.view, b.strayed.view, l.view, true},
		{"shift", verdict.ReasonMoved, b.now.shift, b.strayed.shift, l.shift, false},
		{"light", verdict.ReasonLight, b.now.light, b.strayed.light, l.light, false},
		{"bands", verdict.ReasonBanding, b.now.bands, b.strayed.bands, l.bands, false},
		{"colour", verdict.ReasonColourOrder, b.now.colour, b.strayed.colour, l.colour, true},
	}
}

// beyond reports whether the last frame exceeds the limit.
func (s *Signal) beyond() bool {
	if s.Floor {
		return s.Now < s.Limit
	}
	return s.Now > s.Limit
}

// detail describes how far the last frame is from the learned ones.
func (b *Baseline) detail(r verdict.Reason) string {
	for _, s := range b.Signals() {
		if s.Reason == r && s.beyond() {
			return fmt.Sprintf("%s %.3g, limit %.3g, at worst %.3g while all was well", s.Name, s.Now, s.Limit, s.Learned)
		}
	}
	if r == verdict.ReasonWrongSize && b.mean != nil {
		return fmt.Sprintf("the camera gave %d×%d before", b.width, b.height)
	}
	return ""
}
