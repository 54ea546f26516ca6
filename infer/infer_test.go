package infer

import (
	"context"
	"encoding/json"
	"fmt"
	"image"
	_ "image/png"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"pristine/infer/bundle"
)

const pocket = "../models/pocket"

func readGolden(t *testing.T, file string, v any) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, v); err != nil {
		t.Fatal(err)
	}
}

// picture is the generator of training/golden/resize.py, as BGR.
func picture(width, height int) []byte {
	pix := make([]byte, 3*width*height)
	v := uint32(width*65537 + height)
	for i := range pix {
		v = 1664525*v + 1013904223
		ramp := i / 3 % width * 255 / max(width-1, 1)
		c := i % 3
		pix[i-c+2-c] = byte((int(v>>24) + 3*ramp) / 4)
	}
	return pix
}

func open(t *testing.T) (*Library, *bundle.Bundle) {
	t.Helper()
	library, err := Load("")
	if err != nil {
		t.Fatal(err)
	}
	bundle, err := openPocket()
	if err != nil {
		t.Fatal(err)
	}
	return library, bundle
}

// openPocket opens the built-in bundle once: that reads and hashes all of it.
var openPocket = sync.OnceValues(func() (*bundle.Bundle, error) { return bundle.Open(pocket) })

func cosine(a, b []float32) float64 {
	ab, aa, bb := 0.0, 0.0, 0.0
	for i := range a {
		ab, aa, bb = ab+float64(a[i])*float64(b[i]), aa+float64(a[i])*float64(a[i]), bb+float64(b[i])*float64(b[i])
	}
	return ab / math.Sqrt(aa*bb)
}

func TestGoldenVectors(t *testing.T) {
	library, bundle := open(t)
	var golden struct {
		Pictures []struct {
			File      string
			Embedding []float32
		}
		Texts []struct {
			Text      string
			Embedding []float32
		}
	}
	readGolden(t, filepath.Join(pocket, "golden", "golden.json"), &golden)
	if len(golden.Pictures) == 0 || len(golden.Texts) == 0 {
		t.Fatal("the golden file is empty")
	}
	images, err := NewImageEncoder(library, bundle, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer images.Close()
	for _, g := range golden.Pictures {
		p := readPicture(t, filepath.Join(pocket, "golden", filepath.Base(g.File)))
		var out [1]Output
		if _, err := images.Encode(context.Background(), []Picture{p}, out[:]); err != nil {
			t.Fatal(err)
		}
		if c := cosine(out[0].Embedding, g.Embedding); c < 0.9999 {
			t.Errorf("%s: cosine %.6f to the Python reference, want 0.9999", g.File, c)
		}
	}
	texts, err := NewTextEncoder(library, bundle, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer texts.Close()
	for _, g := range golden.Texts {
		out, err := texts.Encode(context.Background(), []string{g.Text})
		if err != nil {
			t.Fatal(err)
		}
		if c := cosine(out[0], g.Embedding); c < 0.9999 {
			t.Errorf("%q: cosine %.6f to the Python reference, want 0.9999", g.Text, c)
		}
	}
}

func readPicture(t *testing.T, file string) Picture {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, _, err := image.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	b := img.Bounds()
	p := Picture{Width: b.Dx(), Height: b.Dy()}
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			r, g, bl, _ := img.At(x, y).RGBA()
			p.Pix = append(p.Pix, byte(bl>>8), byte(g>>8), byte(r>>8))
		}
	}
	return p
}

func TestEncodeAllocatesNothing(t *testing.T) {
	library, bundle := open(t)
	images, err := NewImageEncoder(library, bundle, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer images.Close()
	pictures, outs := []Picture{{Pix: picture(1920, 1080), Width: 1920, Height: 1080, Region: image.Rect(100, 100, 1000, 1000)}}, make([]Output, 1)
	if n := testing.AllocsPerRun(10, func() {
		if _, err := images.Encode(context.Background(), pictures, outs); err != nil {
			t.Fatal(err)
		}
	}); n > 0 {
		t.Errorf("%v allocations a frame", n)
	}
}

// Calls that meet are joined, and each gets what it would have got alone.
func TestCallsThatMeetAreJoined(t *testing.T) {
	for _, runs := range []int{1, 3} {
		t.Run(fmt.Sprint(runs, " at once"), func(t *testing.T) { meet(t, runs) })
	}
}

func meet(t *testing.T, runs int) {
	library, bundle := open(t)
	images, err := NewImageEncoder(library, bundle, Options{MaxBatch: 3, Runs: runs, Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer images.Close()
	const callers = 7
	var numbers [callers]uint64 // of the runs
	encode := func(i int) (Output, error) {
		side := 40 + 10*i
		outs := make([]Output, 1)
		timing, err := images.Encode(context.Background(), []Picture{{Pix: picture(side, side), Width: side, Height: side}}, outs)
		numbers[i] = timing.Run
		return outs[0], err
	}
	var alone, together [callers]Output
	for i := range callers {
		if alone[i], err = encode(i); err != nil {
			t.Fatal(err)
		}
	}
	for i := range callers {
		if numbers[i] != uint64(i+1) {
			t.Errorf("caller %d was in run %d, want one of its own", i, numbers[i])
		}
	}
	// The places are held until all callers wait, so that they must meet.
	images.mu.Lock()
	images.running = images.runs
	images.mu.Unlock()
	var running sync.WaitGroup
	errs := make([]error, callers)
	for i := range callers {
		running.Go(func() { together[i], errs[i] = encode(i) })
	}
	for deadline := time.Now().Add(30 * time.Second); ; {
		images.mu.Lock()
		if len(images.waiting) == callers {
			for range runs {
				images.handOver()
			}
			images.mu.Unlock()
			break
		}
		images.mu.Unlock()
		if time.Now().After(deadline) {
			t.Fatal("the callers do not wait")
		}
		time.Sleep(time.Millisecond)
	}
	running.Wait()
	members := map[uint64]int{}
	for i := range callers {
		if errs[i] != nil {
			t.Fatal(errs[i])
		}
		members[numbers[i]]++
		for name, pair := range map[string][2][]float32{
			"embedding": {alone[i].Embedding, together[i].Embedding}, "patches": {alone[i].PatchEmbeddings, together[i].PatchEmbeddings}, "features": {alone[i].PatchFeatures, together[i].PatchFeatures},
		} {
			if c := cosine(pair[0], pair[1]); len(pair[0]) != len(pair[1]) || c < 0.99999 {
				t.Errorf("caller %d: the %s of a joined run have the cosine %.6f to those of one alone", i, name, c)
			}
		}
	}
	for number, n := range members {
		if number <= callers || n > 3 || len(members) == callers {
			t.Errorf("the callers were in these runs: %v; want number > callers, n <= 3, len(members) != callers", members)
		}
	}
	images.mu.Lock()
	defer images.mu.Unlock()
	if images.batches[3] == nil || images.running != 0 || len(images.waiting) > 0 {
		t.Errorf("no run of three pictures was made, or the encoder is still busy (%d runs, %d waiting)", images.running, len(images.waiting))
	}
}

func TestMatcherEqualsALoop(t *testing.T) {
	library, _ := open(t)
	m, err := NewMatcher(library, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	const dim = 8
	queries, memory := make([]float32, 5*dim), make([]float32, 9*dim)
	for i := range queries {
		queries[i] = float32(math.Sin(float64(i)))
	}
	for i := range memory {
		memory[i] = float32(math.Cos(float64(3 * i)))
	}
	out := make([]float32, 5)
	if err := m.MaxCosine(queries, memory, dim, out); err != nil {
		t.Fatal(err)
	}
	for i := range out {
		best := math.Inf(-1)
		for j := range 9 {
			sum := 0.0
			for k := range dim {
				sum += float64(queries[i*dim+k]) * float64(memory[j*dim+k])
			}
			best = max(best, sum)
		}
		if math.Abs(best-float64(out[i])) > 1e-4 {
			t.Errorf("query %d: %v, want %v", i, out[i], best)
		}
	}
	if err := m.MaxCosine(queries, memory[:7], dim, out); err == nil {
		t.Error("a memory that is no whole number of rows was taken")
	}
}

func TestTooLongATextIsAnError(t *testing.T) {
	library, bundle := open(t)
	texts, err := NewTextEncoder(library, bundle, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer texts.Close()
	_, err = texts.Encode(context.Background(), []string{strings.Repeat("scratch ", 100)})
	if err == nil || !strings.Contains(err.Error(), "102 tokens") {
		t.Errorf("the error does not name the count: %v", err)
	}
}

func TestAChangedFileIsRefused(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(pocket)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "tokenizer.json"), []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := bundle.Open(dir); err == nil || !strings.Contains(err.Error(), "the file is damaged or was changed") {
		t.Errorf("got %v", err)
	}
	if err := os.Remove(filepath.Join(dir, "bundle.yaml")); err != nil {
		t.Fatal(err)
	}
	if _, err := bundle.Open(dir); err == nil || !strings.Contains(err.Error(), "a bundle is a folder with bundle.yaml") {
		t.Errorf("got %v", err)
	}
}

func TestAMissingProviderIsNamed(t *testing.T) {
	library, bundle := open(t)
	_, err := NewImageEncoder(library, bundle, Options{Providers: []string{"cuda", "cpu"}, Policy: "require"})
	if err == nil || !strings.Contains(err.Error(), "cuda") {
		t.Errorf("a required provider that is not there gave %v", err)
	}
	images, err := NewImageEncoder(library, bundle, Options{Providers: []string{"cuda", "cpu"}, Policy: "fallback"})
	if err != nil {
		t.Fatal(err)
	}
	defer images.Close()
	if s := images.Status(); s.Provider != "cpu" || !s.Degraded || !strings.Contains(s.Reason, "cuda") {
		t.Errorf(`fallback runs as %+v; want s.Provider == "cpu", s.Degraded, strings.Contains(s.Reason, "cuda")`, s)
	}
}
