package main

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"pristine/agent"
	"pristine/inspect"
)

// view shows a run on the terminal: a line for each part that did not pass, and
// below them, on a terminal, the state of the whole. Safe for concurrent use.
type view struct {
	mu       sync.Mutex
	screen   *screen
	stop     chan struct{}
	done     sync.WaitGroup
	learning string // what is learned now
	before   sample // of the frame rate
	truth    truth
	totals   func() agent.Totals
}

// truth counts verdicts against what the built-in camera knows.
type truth struct {
	found, defective int // defective parts that FAIL, of all
	rejected, good   int // good parts that FAIL, of all
	passed           int // defective parts that PASS
	known            bool
}

// sample is the frames taken until a time.
type sample struct {
	at     time.Time
	frames uint64
	rate   float64 // frames a second until then
}

// How often the state is told, without a terminal and on one, and over how
// long the frame rate is measured.
const (
	tellEvery = 5 * time.Second
	drawEvery = 500 * time.Millisecond
	rateOver  = 2 * time.Second
)

func newView(out io.Writer) *view {
	return &view{screen: newScreen(out), stop: make(chan struct{})}
}

// Say implements agent.Terminal.
func (v *view) Say(format string, args ...any) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.screen.line(fmt.Sprintf(format, args...))
}

// Write implements io.Writer for the log of a run on a terminal: its lines stay
// above the block instead of being wiped with it. The log writes whole lines.
func (v *view) Write(line []byte) (int, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.screen.line(strings.TrimSuffix(string(line), "\n"))
	return len(line), nil
}

// Progress implements agent.Terminal.
func (v *view) Progress(what string, done, total int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	text := fmt.Sprintf("%s: %d of %d", what, done, total)
	if v.learning = text; done == total {
		v.learning = ""
	}
	if done == total || !v.screen.live() && done%8 == 0 {
		v.screen.line(text)
	}
}

// Result implements agent.Terminal: it shows a verdict that is not PASS, and
// counts it against the ground truth where there is one.
func (v *view) Result(r *inspect.Result, known *agent.Truth) {
	v.mu.Lock()
	defer v.mu.Unlock()
	note := ""
	if known != nil {
		note = v.truth.count(known.Defect, r.Verdict)
	}
	if r.Verdict == inspect.Pass && note == "" || r.Reason == inspect.ReasonLearning { // progress is shown of those
		return
	}
	text := fmt.Sprintf("%-7s %-8s %-13s", r.Verdict, r.Camera, r.Part)
	if r.Scores != nil {
		text += fmt.Sprintf(" %-9s %.2f", r.Scores.Top, r.Decision.Score)
		if r.Decision.Of > 1 {
			text += fmt.Sprintf(" %d/%d", r.Decision.Agreed, r.Decision.Of)
		}
	}
	if r.Reason != inspect.ReasonNone {
		text += " " + string(r.Reason)
	}
	if r.Shadow {
		text += " (shadow)"
	}
	if note != "" {
		text += "  [truth: " + note + "]"
	}
	v.screen.line(text)
}

// count takes a verdict into account, and gives the truth in words where it is
// worth a line: of every defective part, and of a good one that FAILs.
func (t *truth) count(defect string, verdict inspect.Verdict) string {
	t.known = true
	failed := verdict == inspect.Fail
	if defect == "" {
		t.good++
		if !failed {
			return ""
		}
		t.rejected++
		return "good"
	}
	t.defective++
	switch {
	case failed:
		t.found++
	case verdict == inspect.Pass:
		t.passed++
		return defect + ", missed"
	}
	return defect
}

// Start implements agent.Terminal.
func (v *view) Start(totals func() agent.Totals) {
	v.totals = totals
	every := tellEvery
	if v.screen.live() {
		every = drawEvery
	}
	v.before.at = time.Now()
	v.done.Go(func() {
		ticker := time.NewTicker(every)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				v.mu.Lock()
				v.screen.block(v.state())
				v.mu.Unlock()
			case <-v.stop:
				return
			}
		}
	})
}

// Finish implements agent.Terminal.
func (v *view) Finish() {
	close(v.stop)
	v.done.Wait()
	v.mu.Lock()
	defer v.mu.Unlock()
	n := v.totals().Verdicts
	flagged := n[inspect.Fail] + n[inspect.Review] + n[inspect.Invalid]
	for _, line := range v.state() {
		v.screen.line(line)
	}
	v.screen.line(fmt.Sprintf("flagged events: %d", flagged))
}

// state is the agent's state, in a line or a few.
func (v *view) state() []string {
	n := v.totals()
	lines := []string{fmt.Sprintf("%5.1f frames/s  PASS %d  REVIEW %d  FAIL %d  INVALID %d  dropped %d", v.before.next(n.Frames),
		n.Verdicts[inspect.Pass], n.Verdicts[inspect.Review], n.Verdicts[inspect.Fail], n.Verdicts[inspect.Invalid], n.Dropped)}
	if t := v.truth; t.known {
		lines = append(lines, fmt.Sprintf("ground truth: %d of %d defective parts FAIL, %d PASS; %d of %d good parts FAIL", t.found, t.defective, t.passed, t.rejected, t.good))
	}
	if v.learning != "" {
		lines = append(lines, v.learning)
	}
	return lines
}

// next gives the frame rate of late.
func (s *sample) next(frames uint64) float64 {
	if since := time.Since(s.at); since >= rateOver || s.rate == 0 {
		s.rate = float64(frames-s.frames) / since.Seconds()
		if since >= rateOver {
			s.at, s.frames = time.Now(), frames
		}
	}
	return s.rate
}
