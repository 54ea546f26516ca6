package inspect

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"pristine/capture"
	"pristine/prompts"
)

// letters embeds a text as how often some letters stand in it, unit.
type letters struct{}

func (letters) Encode(_ context.Context, texts []string) ([][]float32, error) {
	all := make([][]float32, len(texts))
	for i, text := range texts {
		v := []float32{1, 0, 0}
		switch {
		case strings.Contains(text, "odd"):
			v = []float32{0, 1, 0}
		case strings.Contains(text, "even"):
			v = []float32{0, 0, 1}
		}
		all[i] = v
	}
	return all, nil
}

// busy gives frames for as long as it is asked to.
type busy struct{ stop atomic.Bool }

func (b *busy) Take(_ context.Context, f *capture.Frame) error {
	if b.stop.Load() {
		return io.EOF
	}
	pix := f.Pix
	*f = frame(50, "", false)
	f.Pix = append(pix[:0], f.Pix...)
	return nil
}

type unitEncoder struct{}

func (unitEncoder) Encode(_ context.Context, _ *capture.Frame, o *prompts.Observation) error {
	n := o.TileGrid[0]
	*o = prompts.Observation{Bundle: "b", Embedding: append(o.Embedding[:0], 0, 1, 0), Tiles: o.Tiles[:0], TileGrid: [2]int{n, n}}
	for range n * n {
		o.Tiles = append(o.Tiles, 0, 1, 0)
	}
	return nil
}

// purity looks at each result for parts of two sets.
type purity struct {
	results  int
	seen     map[string]int
	mixtures []string
}

func (p *purity) Publish(_ context.Context, r *Result) error {
	p.results++
	bank, ok := r.Scorer.(*prompts.Bank)
	if !ok {
		p.mixtures = append(p.mixtures, "no set: "+r.Detail)
		return nil
	}
	p.seen[bank.Set.Name]++
	if r.Scores.Top != bank.Set.Name || r.Scores.Classes[1].Name != bank.Set.Name || r.Limits.Fail != bank.Set.Thresholds.Fail || r.Limits.Review != bank.Set.Thresholds.Review {
		p.mixtures = append(p.mixtures, fmt.Sprintf("set %s: top %s, class %s, limits %v", bank.Set.Name, r.Scores.Top, r.Scores.Classes[1].Name, r.Limits))
	}
	return nil
}

// A writer saves the set fifty times a second, each save another set, some of
// them broken; meanwhile frames are scored as fast as they can be.
func TestStation_OneSetScoresAFrame(t *testing.T) {
	file := filepath.Join(t.TempDir(), "set.yaml")
	text := map[string]string{
		"odd":    "name: odd\nobject: lid\npristine: [good]\ndefects: {odd: {prompts: [odd]}}\nthresholds: {review: 0.1, fail: 0.2}\n",
		"even":   "name: even\nobject: lid\ntiles: 2\npristine: [good]\ndefects: {even: {prompts: [even]}}\nthresholds: {review: 0.8, fail: 0.9}\n",
		"broken": "name: odd\ndefects: [",
	}
	save := func(name string) {
		if err := os.WriteFile(file, []byte(text[name]), 0o600); err != nil {
			t.Error(err)
		}
	}
	build := func(ctx context.Context, set *prompts.Set) (*prompts.Bank, error) {
		return prompts.NewBank(ctx, set, letters{}, prompts.BundleInfo{Hash: "b", Dim: 3, LogitScale: 10, PatchLogitScale: 10})
	}
	save("odd")
	set, err := prompts.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	bank, err := build(context.Background(), set)
	if err != nil {
		t.Fatal(err)
	}
	live := prompts.NewLive(bank)
	ctx, cancel := context.WithCancel(context.Background())
	followed, inspected := make(chan struct{}), make(chan struct{})
	var swaps, refused atomic.Int64
	go func() {
		defer close(followed)
		live.Follow(ctx, file, 2*time.Millisecond, build, func(_ *prompts.Bank, err error) {
			if err != nil {
				refused.Add(1)
			} else {
				swaps.Add(1)
			}
		})
	}()
	frames, sink := &busy{}, &purity{seen: map[string]int{}}
	s := New(Options{Limits: Limits{N: 1, M: 1}, Now: func() time.Time { return time.Unix(1000, 0) }}, frames, unitEncoder{}, func() Scorer { return live.Bank() }, sink)
	go func() {
		defer close(inspected)
		if err := s.Run(context.Background()); err != nil {
			t.Error(err)
		}
	}()
	writer := time.NewTicker(20 * time.Millisecond)
	defer writer.Stop()
	deadline := time.Now().Add(60 * time.Second)
	for i := 0; swaps.Load() < 20 || refused.Load() < 5; i++ {
		if time.Now().After(deadline) {
			t.Fatalf("%d swaps, %d refused", swaps.Load(), refused.Load())
		}
		<-writer.C
		save([]string{"odd", "even", "broken"}[i%3])
	}
	frames.stop.Store(true)
	<-inspected
	cancel()
	<-followed
	if len(sink.mixtures) > 0 {
		t.Errorf("%d of %d results are mixtures, such as %s", len(sink.mixtures), sink.results, sink.mixtures[0])
	}
	if sink.seen["odd"] == 0 || sink.seen["even"] == 0 {
		t.Errorf("results by set: %v", sink.seen)
	}
}

func TestStation_ComparedSetChangesNothing(t *testing.T) {
	var c collector
	doubtful := pixelScorer{}
	s := New(Options{Limits: Limits{N: 1, M: 1}, Shadow: func() Scorer { return &strict{} }}, &script{[]capture.Frame{frame(10, "a", true), frame(50, "b", true), frame(90, "c", true)}},
		&pixelEncoder{}, func() Scorer { return doubtful }, &c)
	if err := s.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	if len(c.got) != 3 || c.got[0].verdict != Pass || c.got[1].verdict != Review || c.got[2].verdict != Fail {
		t.Errorf("verdicts %v; want len(c.got) == 3, c.got[0].verdict == Pass, c.got[1].verdict == Review, c.got[2].verdict == Fail", c.got)
	}
	counts := s.Counts().Shadow
	if counts[Comparison{Pass, Pass}] != 1 || counts[Comparison{Review, Fail}] != 1 || counts[Comparison{Fail, Fail}] != 1 {
		t.Errorf("comparisons %v; want counts[Comparison{Pass, Pass}] == 1, counts[Comparison{Review, Fail}] == 1, counts[Comparison{Fail, Fail}] == 1", counts)
	}
}

// strict is pixelScorer with a lower threshold.
type strict struct{ pixelScorer }

func (*strict) Thresholds() prompts.Thresholds { return prompts.Thresholds{Review: 0.4, Fail: 0.5} }
