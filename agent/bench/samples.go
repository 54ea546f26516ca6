package bench

import (
	"sync"
	"time"

	"pristine/internal/meter"
)

// Sample is the cost of a frame in a part of the measurement. Those of a stage say how
// far its mean can be trusted.
type Sample struct {
	MS     float64 `json:"ms"`
	CoreMS float64 `json:"core_ms"`
}

// samples is how many a stage has, where it has as many frames.
const samples = 10

func newSample(c meter.Cost) Sample {
	return Sample{MS: meter.Milliseconds(c.Wall), CoreMS: meter.Milliseconds(c.CPU)}
}

// measureInParts is meter.Measure that also returns the cost of each part.
func measureInParts(n int, work func() error) (meter.Cost, []Sample, error) {
	var all []Sample
	rest, err := meter.Measure(n, inParts(n, &all, work))
	return rest, all, err
}

// inParts returns work that notes what a frame costs, once for each of n/samples frames.
// The first call is meter.Measure's warm-up.
func inParts(n int, all *[]Sample, work func() error) func() error {
	t := newTaximeter(n)
	warm := false
	return func() error {
		err := work()
		if !warm {
			warm = true
			t.begin()
			return err
		}
		if s, ok := t.frame(); ok {
			*all = append(*all, s)
		}
		return err
	}
}

// taximeter measures what each of several parts of a run cost. Its methods may be
// called by many goroutines.
type taximeter struct {
	mu    sync.Mutex
	every int // frames a part
	n     int
	wall  time.Time
	cpu   time.Duration
}

func newTaximeter(frames int) *taximeter { return &taximeter{every: max(frames/samples, 1)} }

func (t *taximeter) begin() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.restart()
}

func (t *taximeter) restart() {
	t.wall = time.Now()
	t.cpu, _ = meter.ProcessTime() // meter.Once says why there is none
}

// frame counts a frame, and returns the sample that it completes.
func (t *taximeter) frame() (Sample, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.n++; t.n%t.every != 0 {
		return Sample{}, false
	}
	wall, cpu := t.wall, t.cpu
	t.restart()
	frames := time.Duration(t.every)
	return newSample(meter.Cost{Wall: t.wall.Sub(wall) / frames, CPU: (t.cpu - cpu) / frames}), true
}
