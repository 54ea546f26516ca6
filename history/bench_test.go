package history

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// BenchmarkPages fills a history with a million results and asks what each page
// asks, while a line of 20 parts a second goes on. Run it with
//
//	go test ./history -run '^$' -bench Pages -benchtime 200x -timeout 30m
func BenchmarkPages(b *testing.B) { benchmarkPages(b, 1_000_000) }

// BenchmarkPagesSmall is the same with ten thousand.
func BenchmarkPagesSmall(b *testing.B) { benchmarkPages(b, 10_000) }

// pages are the questions of the pages.
func pages(h *History, to time.Time) map[string]func(context.Context) error {
	shift, day := Period{From: to.Add(-8 * time.Hour), To: to}, Period{From: to.Add(-24 * time.Hour), To: to}
	flagged := []string{"FAIL", "REVIEW", "INVALID"}
	ask := func(_ any, err error) error { return err }
	return map[string]func(context.Context) error{
		"live: counts of the shift": func(ctx context.Context) error { return ask(h.Counts(ctx, shift)) },
		"live: charts of the shift": func(ctx context.Context) error { return ask(h.Steps(ctx, shift, 5*time.Minute)) },
		"live: last rejects":        func(ctx context.Context) error { return ask(h.Parts(ctx, Filter{Verdicts: flagged}, 24)) },
		"part": func(ctx context.Context) error {
			p, err := h.Part(ctx, "K-500000")
			if err != nil {
				p, err = h.Part(ctx, "K-5000")
			}
			if err != nil {
				return err
			}
			return ask(h.Kept(ctx, p.ID))
		},
		"review: queue":      func(ctx context.Context) error { return ask(h.Parts(ctx, Filter{Queued: true}, 20)) },
		"review: what waits": func(ctx context.Context) error { return ask(h.Waiting(ctx)) },
		"review: escape":     func(ctx context.Context) error { return ask(h.Reviewed(ctx, day)) },
		"search: newest":     func(ctx context.Context) error { return ask(h.Parts(ctx, Filter{Verdicts: []string{"PASS"}}, 50)) },
		"search: camera and time": func(ctx context.Context) error {
			return ask(h.Parts(ctx, Filter{Period: Period{From: to.Add(-26 * time.Hour), To: to.Add(-25 * time.Hour), Camera: "belt"}}, 50))
		},
		"search: part": func(ctx context.Context) error { return ask(h.Parts(ctx, Filter{Part: "flange-4321"}, 50)) },
		"report: rejects of a day": func(ctx context.Context) error {
			return ask(h.Parts(ctx, Filter{Period: day, Verdicts: []string{"FAIL"}}, 200))
		},
		"report: counts of a day": func(ctx context.Context) error { return ask(h.Counts(ctx, day)) },
		"audit":                   func(ctx context.Context) error { return ask(h.Changes(ctx, day, 100)) },
	}
}

func benchmarkPages(b *testing.B, n int) {
	ctx := context.Background()
	h := open(b, Options{})
	vector, picture := make([]byte, 512), make([]byte, 20<<10)
	for i := range n {
		r := record(i)
		r.Vector = vector
		if i%200 == 0 {
			r.Picture = picture
		}
		for len(h.queue) == cap(h.queue) {
			if err := h.Flush(ctx); err != nil {
				b.Fatal(err)
			}
		}
		h.Add(r)
		if i%2000 == 0 && i > 0 {
			if err := h.Flush(ctx); err != nil {
				b.Fatal(err)
			}
			if _, err := h.Label(ctx, Label{Result: int64(i - 999), Who: "ann", Label: []string{Good, Bad}[i/2000%2]}); err != nil {
				b.Fatal(err)
			}
			if _, err := h.Change(ctx, Change{Who: "ann", Kind: "label", Object: fmt.Sprint(i)}); err != nil {
				b.Fatal(err)
			}
		}
	}
	if err := h.Flush(ctx); err != nil || h.Forgotten() > 0 {
		b.Fatalf("got err %+v, h.Forgotten() %+v, h %+v; want err == nil, h.Forgotten() <= 0", err, h.Forgotten(), h)
	}
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		ticker := time.NewTicker(50 * time.Millisecond)
		defer ticker.Stop()
		for i := n; ; i++ {
			select {
			case <-ticker.C:
				h.Add(record(i))
			case <-stop:
				return
			}
		}
	}()
	defer func() { close(stop); <-stopped }()
	to := noon.Add(time.Duration(n) * 100 * time.Millisecond)
	for name, ask := range pages(h, to) {
		b.Run(strings.ReplaceAll(name, " ", "_"), func(b *testing.B) {
			var took []time.Duration
			for b.Loop() {
				started := time.Now()
				if err := ask(ctx); err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(started))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)*99/100])/1e6, "p99-ms")
		})
	}
}

// Every page's question is answered in a normal test, too; what a million costs is
// the benchmark's matter.
func TestPages_AreAnswered(t *testing.T) {
	h := open(t, Options{})
	fill(t, h, 0, 6000)
	for name, ask := range pages(h, noon.Add(10*time.Minute)) {
		if err := ask(context.Background()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
