package console

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/jedib0t/go-pretty/v6/text"

	"pristine/agent"
	"pristine/inspect"
)

// Console shows a run: a line for each part that did not pass, and below them, on
// a terminal, the state of the whole. It is safe for concurrent use.
type Console struct {
	mu       sync.Mutex
	screen   *screen
	stop     chan struct{}
	done     sync.WaitGroup
	learning string // progress of learning
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

// How often the state is shown, without a terminal and on one, and over how
// long the frame rate is measured.
const (
	printEvery = 5 * time.Second
	drawEvery  = 500 * time.Millisecond
	rateOver   = 2 * time.Second
)

// New returns a console that writes to out.
func New(out io.Writer) *Console {
	return &Console{screen: newScreen(out), stop: make(chan struct{})}
}

// Live reports whether it shows a block that is drawn again and again, since it
// writes to a terminal.
func (c *Console) Live() bool { return c.screen.live() }

// Say implements agent.Terminal.
func (c *Console) Say(format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.screen.line(c.wrap(fmt.Sprintf(format, args...)))
}

// wrap breaks a line that is wider than the terminal. A line with an address stays
// whole, to be copied.
func (c *Console) wrap(line string) string {
	if !c.screen.live() || strings.Contains(line, "://") {
		return line
	}
	return text.WrapSoft(line, c.screen.width())
}

// Write implements io.Writer for the log of a run on a terminal: its lines stay
// above the block instead of being wiped with it. The log writes whole lines.
func (c *Console) Write(line []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.screen.line(strings.TrimSuffix(string(line), "\n"))
	return len(line), nil
}

// Progress implements agent.Terminal.
func (c *Console) Progress(what string, done, total int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	text := fmt.Sprintf("%s: %d of %d", what, done, total)
	if c.learning = text; done == total {
		c.learning = ""
	}
	if done == total || !c.screen.live() && done%8 == 0 {
		c.screen.line(text)
	}
}

// Result implements agent.Terminal: it shows a verdict that is not PASS, and
// counts it against the ground truth where there is one.
func (c *Console) Result(r *inspect.Result, known *agent.Truth) {
	c.mu.Lock()
	defer c.mu.Unlock()
	note := ""
	if known != nil {
		note = c.truth.count(known.Defect, r.Verdict)
	}
	if r.Verdict == inspect.Pass && note == "" || r.Reason == inspect.ReasonLearning { // progress is shown of those
		return
	}
	line := fmt.Sprintf("%-7s %-8s %-13s", r.Verdict, r.Camera, r.Part)
	if r.Scores != nil {
		line += fmt.Sprintf(" %.2f", r.Decision.Score)
		if r.Decision.Of > 1 {
			line += fmt.Sprintf(" %d/%d", r.Decision.Agreed, r.Decision.Of)
		}
	}
	if name := r.Name(); r.Verdict == inspect.Fail || name.Defect != "" {
		line += " " + name.Text()
	}
	if r.Reason != inspect.ReasonNone {
		line += " " + string(r.Reason)
	}
	if r.Shadow {
		line += " (shadow)"
	}
	if note != "" {
		line += "  [truth: " + note + "]"
	}
	c.screen.line(c.wrap(line))
}

// count counts a verdict, and returns the truth in words where it deserves a line:
// for every defective part, and for a good one that FAILs.
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
func (c *Console) Start(totals func() agent.Totals) {
	c.totals = totals
	every := printEvery
	if c.screen.live() {
		every = drawEvery
	}
	c.before.at = time.Now()
	c.done.Go(func() {
		ticker := time.NewTicker(every)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				c.mu.Lock()
				c.screen.block(c.state())
				c.mu.Unlock()
			case <-c.stop:
				return
			}
		}
	})
}

// Finish implements agent.Terminal.
func (c *Console) Finish() {
	close(c.stop)
	c.done.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	n := c.totals().Verdicts
	flagged := n[inspect.Fail] + n[inspect.Review] + n[inspect.Invalid]
	for _, line := range c.state() {
		c.screen.line(line)
	}
	c.screen.line(fmt.Sprintf("flagged events: %d", flagged))
}

// state is the agent's state, in a line or a few.
func (c *Console) state() []string {
	n := c.totals()
	lines := []string{fmt.Sprintf("%5.1f frames/s  PASS %d  REVIEW %d  FAIL %d  INVALID %d  dropped %d", c.before.next(n.Frames),
		n.Verdicts[inspect.Pass], n.Verdicts[inspect.Review], n.Verdicts[inspect.Fail], n.Verdicts[inspect.Invalid], n.Dropped)}
	if t := c.truth; t.known {
		lines = append(lines, fmt.Sprintf("ground truth: %d of %d defective parts FAIL, %d PASS; %d of %d good parts FAIL", t.found, t.defective, t.passed, t.rejected, t.good))
	}
	if c.learning != "" {
		lines = append(lines, c.learning)
	}
	return lines
}

// next returns the frame rate over the last rateOver.
func (s *sample) next(frames uint64) float64 {
	if since := time.Since(s.at); since >= rateOver || s.rate == 0 {
		s.rate = float64(frames-s.frames) / since.Seconds()
		if since >= rateOver {
			s.at, s.frames = time.Now(), frames
		}
	}
	return s.rate
}
