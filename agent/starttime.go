package agent

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"pristine/internal/meter"
)

// startTime notes where the time of a start goes, and logs it at level debug.
type startTime struct {
	program time.Duration // until Run: libraries, Go's own start, configuration
	began   time.Time     // of Run
	judged  atomic.Bool   // the first verdict was logged

	mu    sync.Mutex
	parts []any // for the log: name, duration, …
}

// briefPart is how long a part takes that the log leaves out.
const briefPart = time.Millisecond

// begin is called when Run begins.
func (s *startTime) begin() {
	s.began = time.Now()
	s.program, _ = meter.Age() // without one, the parts say enough
}

// took notes how long a part took to start. Parts that start side by side add up to
// more than the whole.
func (s *startTime) took(name string, d time.Duration) {
	if d < briefPart {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.parts = append(s.parts, name, d.Round(briefPart))
}

// sofar returns the time since the process began, and what it took of all cores. On a
// machine that others load the second says more.
func (s *startTime) sofar() []any {
	cpu, _ := meter.ProcessTime()
	return []any{"after", (s.program + time.Since(s.began)).Round(briefPart), "cpu", cpu.Round(briefPart)}
}

// ready logs that everything has started.
func (s *startTime) ready(log *slog.Logger) {
	s.mu.Lock()
	defer s.mu.Unlock()
	log.Debug("ready", slices.Concat(s.sofar(), []any{"program", s.program.Round(briefPart)}, s.parts)...)
}

// verdict logs the first verdict of all cameras. It is called for each.
func (s *startTime) verdict(log *slog.Logger, camera string) {
	if s.judged.Load() || !log.Enabled(context.Background(), slog.LevelDebug) || s.judged.Swap(true) {
		return
	}
	log.Debug("first verdict", append(s.sofar(), "camera", camera)...)
}
