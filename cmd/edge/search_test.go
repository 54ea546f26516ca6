package main

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pristine/capture/opencv"
	"pristine/infer"
	"pristine/internal/finder"
	"pristine/internal/need"
	"pristine/search"
)

func TestSearch_FolderKeepsEmbeddings(t *testing.T) {
	t.Parallel()
	need.NoRaceDetector(t)
	photos := filepath.Join(t.TempDir(), "photos")
	edge(t, 0, "testline", photos, "--parts", "6", "--seed", "4", "--defect-rate", "0.5", "--references", "0")
	index, sheet := filepath.Join(t.TempDir(), "deep", "index"), filepath.Join(t.TempDir(), "sheet.jpg")
	find := func(query string, more ...string) finder.Found {
		t.Helper()
		out, _ := edge(t, 0, append([]string{"search", query, "--in", photos, "--index", index, "--format", "json"}, more...)...)
		var f finder.Found
		if err := json.Unmarshal([]byte(out), &f); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return f
	}
	f := find("a scratched metal flange", "--top", "4", "--sheet", sheet)
	if f.Pictures != 6 || f.Encoded != 6 || len(f.Hits) != 4 || f.Hits[0].Cosine < f.Hits[3].Cosine {
		t.Errorf("%+v", f)
	}
	for query, weak := range map[string]bool{"a scratched metal flange": false, "a red car": true} {
		if out, _ := edge(t, 0, "search", query, "--in", photos, "--index", index); strings.Contains(out, "the order says little") != weak {
			t.Errorf("%s: %s", query, out)
		}
	}
	if _, width, _, err := opencv.DecodeFile(sheet); err != nil || width != 1020 {
		t.Errorf("a sheet %d wide, %v", width, err)
	}
	picture := f.Hits[2].Name
	again := find(picture)
	if again.Encoded != 0 || again.Hits[0].Name != picture || again.Hits[0].Cosine < 0.99 {
		t.Errorf("%+v", again)
	}
	if err := os.WriteFile(filepath.Join(photos, "broken.png"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if f := find("dust"); f.Pictures != 6 || len(f.LeftOut) != 1 || !strings.HasSuffix(f.LeftOut[0], "broken.png") {
		t.Errorf("%+v", f)
	}
	if err := os.WriteFile(index, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	for want, args := range map[string][]string{
		"not a usable index":       {"search", "x", "--in", photos, "--index", index},
		"--top must be 1 or more":  {"search", "x", "--in", photos, "--top", "0"},
		"must end in .png or .jpg": {"search", "x", "--in", photos, "--sheet", "sheet"},
		"nowhere: no such file":    {"search", "x", "--in", "nowhere"},
	} {
		if _, stderr := edge(t, 2, args...); !strings.Contains(stderr, want) {
			t.Errorf("%v: %q does not say %q", args, stderr, want)
		}
	}
}

// BenchmarkSearchAMillion searches a million random embeddings of the built-in
// model's size, in a file that is mapped into memory.
func BenchmarkSearchAMillion(b *testing.B) {
	const n, dim = 1_000_000, 256
	r := rand.New(rand.NewPCG(1, 2))
	random := func() []float32 {
		v, sum := make([]float32, dim), 0.0
		for i := range v {
			v[i] = float32(r.NormFloat64())
			sum += float64(v[i]) * float64(v[i])
		}
		for i := range v {
			v[i] /= float32(math.Sqrt(sum))
		}
		return v
	}
	entries := make([]search.Entry, n)
	for i := range entries {
		entries[i] = search.Entry{Name: "picture-" + itoa(i) + ".jpg", Vector: search.Encode(random())}
	}
	hash, file := strings.Repeat("ab", 32), filepath.Join(b.TempDir(), "index")
	if err := search.Write(file, hash, dim, entries); err != nil {
		b.Fatal(err)
	}
	began := time.Now()
	x, err := search.Open(file, hash)
	if err != nil {
		b.Fatal(err)
	}
	defer x.Close()
	b.Logf("opened in %v", time.Since(began))
	library, err := infer.Load("")
	if err != nil {
		b.Fatal(err)
	}
	products, err := infer.NewProducts(library, x.Vectors(), dim, infer.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer products.Close()
	query := random()
	for b.Loop() {
		if hits, err := x.Top(query, 20, products); err != nil || len(hits) != 20 {
			b.Fatal(hits, err)
		}
	}
}
