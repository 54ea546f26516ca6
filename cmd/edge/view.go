package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"golang.org/x/term"

	"pristine/inspect"
)

// view shows a run on the terminal: a line for each part that did not pass, and
// the state of the whole once in a while. Safe for concurrent use.
type view struct {
	mu          sync.Mutex
	out         io.Writer
	live        bool // a terminal: the state stays on one line
	stop        chan struct{}
	done        sync.WaitGroup
	began       time.Time
	hits        int // defective parts that FAIL
	missed      int
	falseAlarms int // good parts that FAIL
	good        int
}

// statusEvery is how often a run without a terminal tells its state.
const statusEvery = 5 * time.Second

func newView(out io.Writer) *view {
	file, ok := out.(*os.File)
	return &view{out: out, live: ok && term.IsTerminal(int(file.Fd())), stop: make(chan struct{})}
}

func (v *view) say(format string, args ...any) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.line(fmt.Sprintf(format, args...))
}

// line writes a line that stays; on a terminal the state line below is wiped.
func (v *view) line(text string) {
	if v.live {
		fmt.Fprint(v.out, "\r\x1b[K")
	}
	fmt.Fprintln(v.out, text)
}

// status writes the line that is overwritten.
func (v *view) status(text string) {
	if v.live {
		fmt.Fprint(v.out, "\r\x1b[K"+text)
		return
	}
	fmt.Fprintln(v.out, text)
}

func (v *view) progress(what string, done, total int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.live || done%8 == 0 || done == total {
		v.status(fmt.Sprintf("%s: %d of %d", what, done, total))
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
			note = v.count(defect, r.Verdict)
		}
	}
	if r.Verdict == inspect.Pass && note != "missed" {
		return
	}
	text := fmt.Sprintf("%-7s %-8s %-13s", r.Verdict, r.Camera, r.Part)
	if r.Scores != nil {
		text += fmt.Sprintf(" %-9s P(defect) %.2f", r.Scores.Top, r.Scores.Defect)
	}
	if r.Reason != inspect.ReasonNone {
		text += " " + string(r.Reason)
	}
	if note != "" {
		text += "  [" + note + "]"
	}
	v.line(text)
}

// count gives what the verdict was worth, in words.
func (v *view) count(defect string, verdict inspect.Verdict) string {
	failed := verdict == inspect.Fail
	switch {
	case defect != "" && failed:
		v.hits++
		return "truth: " + defect
	case defect != "":
		v.missed++
		if verdict == inspect.Pass {
			return "missed"
		}
		return "truth: " + defect
	case failed:
		v.falseAlarms++
		v.good++
		return "truth: good"
	default:
		v.good++
		return ""
	}
}

func (v *view) start(a *agent) {
	v.began = time.Now()
	if url := a.store.URL(); url != "" {
		v.say("events: %s, subject qc.%s.%s.%s.>", url, a.config.Station.Site, a.config.Station.Line, a.config.Station.Name)
		v.say("  watch them: bin/edge watch --url %s   or: nats -s %s sub 'qc.>'", url, url)
	}
	v.done.Go(func() {
		every := statusEvery
		if v.live {
			every = 500 * time.Millisecond
		}
		ticker := time.NewTicker(every)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				v.mu.Lock()
				v.status(v.summary(a))
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
	v.line(v.summary(a))
	flagged := uint64(0)
	for _, k := range a.cameras {
		c := k.station.Counts()
		flagged += c.Verdicts[inspect.Fail] + c.Verdicts[inspect.Review] + c.Verdicts[inspect.Invalid]
	}
	v.line(fmt.Sprintf("flagged events: %d", flagged))
}

func (v *view) summary(a *agent) string {
	var frames, scored, dropped uint64
	verdicts := map[inspect.Verdict]uint64{}
	for _, k := range a.cameras {
		c := k.station.Counts()
		frames, scored, dropped = frames+c.Frames, scored+c.Scored, dropped+c.Dropped
		for verdict, n := range c.Verdicts {
			verdicts[verdict] += n
		}
	}
	text := fmt.Sprintf("%.1f frames/s  PASS %d  REVIEW %d  FAIL %d  INVALID %d  dropped %d", float64(frames)/time.Since(v.began).Seconds(),
		verdicts[inspect.Pass], verdicts[inspect.Review], verdicts[inspect.Fail], verdicts[inspect.Invalid], dropped)
	if v.hits+v.missed+v.good > 0 {
		text += fmt.Sprintf("  found %d/%d, false %d/%d", v.hits, v.hits+v.missed, v.falseAlarms, v.good)
	}
	return text
}
