package soak

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// use is what a soak found.
type use struct {
	Begun   time.Time
	Length  time.Duration
	Seed    uint64
	Jumps   bool // of the agent's clock
	Faults  map[string]int
	Samples []sample

	Events, Missing, Shed, Doubled, OutOfOrder, Refused uint64 // of a subscriber that reads all at the end
	LiveLost, LiveDoubled                               int    // of one that was there all the time
	Pictures, PicturesLost, PicturesTwice               int    // of the watched folder

	dir string
}

// sample is what the agent uses at a time.
type sample struct {
	Hours      float64 // since the start of the soak
	Start      int     // number of the process, from 1
	Process    Process
	Goroutines int
	Heap       int64 // bytes of Go's heap in use
}

// sample adds a sample; none while the agent does not answer.
func (u *use) sample(t *testing.T, a *agent) {
	t.Helper()
	metrics, err := a.get("/metrics")
	if err != nil {
		return
	}
	pid, start := a.running()
	p, err := Read(pid)
	if err != nil {
		return // it was killed in between
	}
	s := sample{Hours: time.Since(u.Begun).Hours(), Start: start, Process: p}
	for line := range strings.Lines(string(metrics)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		n, _ := strconv.ParseFloat(value, 64)
		switch name {
		case "go_goroutines":
			s.Goroutines = int(n)
		case "go_memstats_heap_inuse_bytes":
			s.Heap = int64(n)
		}
	}
	if s.Goroutines == 0 {
		t.Errorf("/metrics has no go_goroutines:\n%s", metrics)
		return
	}
	u.Samples = append(u.Samples, s)
	if u.dir == "" {
		return
	}
	data, err := json.Marshal(s)
	if err != nil {
		t.Error(err)
		return
	}
	f, err := os.OpenFile(filepath.Join(u.dir, "samples.jsonl"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Error(err)
		return
	}
	defer f.Close()
	if _, err := f.Write(append(data, '\n')); err != nil {
		t.Error(err)
	}
}

// row is a figure of the last process: what it was after warm-up, at the end, and how it
// changed.
type row struct {
	name             string
	unit             string
	begin, end, most float64
	slope            Slope
	limit            float64
	judged           bool
}

// A slope is judged of this much time after a warm-up that takes a third of the process's
// life: less shows nothing.
const (
	warmUp      = 1.0 / 3
	leastJudged = 20 * time.Minute
)

// last returns the samples of the last process, without those of its warm-up.
func (u *use) last() (s []sample) {
	if len(u.Samples) == 0 {
		return nil
	}
	end := u.Samples[len(u.Samples)-1]
	i := slices.IndexFunc(u.Samples, func(s sample) bool { return s.Start == end.Start })
	from := u.Samples[i].Hours + warmUp*(end.Hours-u.Samples[i].Hours)
	for _, one := range u.Samples[i:] {
		if one.Hours >= from {
			s = append(s, one)
		}
	}
	return s
}

func (u *use) rows() (rows []row) {
	samples := u.last()
	if len(samples) < 3 {
		return nil
	}
	var hours []float64
	for _, s := range samples {
		hours = append(hours, s.Hours)
	}
	judged := hours[len(hours)-1]-hours[0] >= leastJudged.Hours()
	tenth := max(len(samples)/10, 1)
	const mb = 1 << 20
	for _, one := range []struct {
		name, unit string
		limit      float64 // an hour
		of         func(sample) float64
	}{
		{"resident memory", "MB", 12, func(s sample) float64 { return float64(s.Process.RSS) / mb }},
		{"memory of its own", "MB", 8, func(s sample) float64 { return float64(s.Process.Anonymous) / mb }},
		{"Go heap in use", "MB", 4, func(s sample) float64 { return float64(s.Heap) / mb }},
		{"descriptors", "", 2, func(s sample) float64 { return float64(s.Process.Descriptors) }},
		{"threads", "", 2, func(s sample) float64 { return float64(s.Process.Threads) }},
		{"goroutines", "", 2, func(s sample) float64 { return float64(s.Goroutines) }},
	} {
		var values []float64
		for _, s := range samples {
			values = append(values, one.of(s))
		}
		rows = append(rows, row{
			one.name, one.unit, Median(values[:tenth]), Median(values[len(values)-tenth:]), slices.Max(values), SlopeOf(hours, values), one.limit, judged,
		})
	}
	return rows
}

// markdown returns the tables of docs/soak.md.
func (u *use) markdown() string {
	var b strings.Builder
	samples := u.last()
	clock := "the clock is right"
	if u.Jumps {
		clock = "the agent's clock jumps each half minute"
	}
	fmt.Fprintf(&b, "Length %s, seed %d, begun %s; %s.\n\n", u.Length, u.Seed, u.Begun.UTC().Format("2006-01-02 15:04 UTC"), clock)
	b.WriteString("| fault | times |\n|---|---|\n")
	for _, kind := range slices.Sorted(maps.Keys(u.Faults)) {
		fmt.Fprintf(&b, "| %s | %d |\n", kind, u.Faults[kind])
	}
	fmt.Fprintf(&b, "\n| events | |\n|---|---|\n| at the hub | %d |\n| lost | %d |\n| doubled | %d |\n| out of order | %d |\n| shed while the disk was full, and said so | %d |\n",
		u.Events, u.Missing, u.Doubled, u.OutOfOrder, u.Shed)
	fmt.Fprintf(&b, "| lost, doubled at a subscriber that was there all the time | %d, %d |\n| pictures put into the watched folder | %d |\n| of them without an event, with two | %d, %d |\n",
		u.LiveLost, u.LiveDoubled, u.Pictures, u.PicturesLost, u.PicturesTwice)
	rows := u.rows()
	if rows == nil {
		return b.String() + "\nToo few samples for slopes.\n"
	}
	fmt.Fprintf(&b, "\nThe last process, %.0f minutes after its warm-up, %d samples; the interval is 95 %%:\n\n", 60*(samples[len(samples)-1].Hours-samples[0].Hours), len(samples))
	b.WriteString("| | begin | end | highest | slope an hour | interval | limit |\n|---|---|---|---|---|---|---|\n")
	for _, r := range rows {
		limit := fmt.Sprintf("%g", r.limit)
		if !r.judged {
			limit = "not judged: too short"
		}
		name := r.name
		if r.unit != "" {
			name += " (" + r.unit + ")"
		}
		fmt.Fprintf(&b, "| %s | %.1f | %.1f | %.1f | %+.2f | %+.2f to %+.2f | %s |\n", name, r.begin, r.end, r.most, r.slope.PerHour, r.slope.Low, r.slope.High, limit)
	}
	return b.String()
}
