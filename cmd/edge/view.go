package main

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

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

func (v *view) say(format string, args ...any) {
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

// progress shows how far something is that ends by itself.
func (v *view) progress(what string, done, total int) {
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

// result shows a verdict that is not PASS, and counts it against the ground
// truth where there is one.
func (v *view) result(k *camera, r *inspect.Result) {
	v.mu.Lock()
	defer v.mu.Unlock()
	note := ""
	if k.truth != nil && r.Part != "" {
		if defect, known := k.truth(r.Part); known {
			note = v.truth.count(defect, r.Verdict)
		}
	}
	if r.Verdict == inspect.Pass && note == "" {
		return
	}
	text := fmt.Sprintf("%-7s %-8s %-13s", r.Verdict, r.Camera, r.Part)
	if r.Scores != nil {
		text += fmt.Sprintf(" %-9s %.2f", r.Scores.Top, r.Scores.Defect)
	}
	if r.Reason != inspect.ReasonNone {
		text += " " + string(r.Reason)
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

func (v *view) start(a *agent) {
	if url := a.store.URL(); url != "" {
		place := a.config.Station
		v.say("events: %s, subject qc.%s.%s.%s.>", url, place.Site, place.Line, place.Name)
		v.say("watch:  bin/edge watch --url %s", url)
		v.say("   or:  nats -s %s sub 'qc.>'", url)
	}
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
				v.screen.block(v.state(a))
				v.mu.Unlock()
			case <-v.stop:
				return
			}
		}
	})
}

func (v *view) finish(a *agent) {
	close(v.stop)
	v.done.Wait()
	v.mu.Lock()
	defer v.mu.Unlock()
	flagged := uint64(0)
	for _, k := range a.cameras {
		c := k.station.Counts()
		flagged += c.Verdicts[inspect.Fail] + c.Verdicts[inspect.Review] + c.Verdicts[inspect.Invalid]
	}
	for _, line := range v.state(a) {
		v.screen.line(line)
	}
	v.screen.line(fmt.Sprintf("flagged events: %d", flagged))
}

// state is the agent's state, in a line or a few.
func (v *view) state(a *agent) []string {
	var frames, dropped uint64
	verdicts := map[inspect.Verdict]uint64{}
	for _, k := range a.cameras {
		c := k.station.Counts()
		frames, dropped = frames+k.stats.Frames.Load(), dropped+c.Dropped
		for verdict, n := range c.Verdicts {
			verdicts[verdict] += n
		}
	}
	lines := []string{fmt.Sprintf("%5.1f frames/s  PASS %d  REVIEW %d  FAIL %d  INVALID %d  dropped %d", v.before.next(frames),
		verdicts[inspect.Pass], verdicts[inspect.Review], verdicts[inspect.Fail], verdicts[inspect.Invalid], dropped)}
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
