package search

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var bundle = strings.Repeat("ab", 32)

func unit(r *rand.Rand, dim int) []float32 {
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

func written(t *testing.T, vectors [][]float32) (string, *Index) {
	t.Helper()
	var entries []Entry
	for i, v := range vectors {
		entries = append(entries, Entry{Name: fmt.Sprintf("dir/ä %d.jpg", i), Stamp: Stamp{int64(i), -int64(i)}, Vector: Encode(v)})
	}
	file := filepath.Join(t.TempDir(), "index")
	if err := Write(file, bundle, 64, entries); err != nil {
		t.Fatal(err)
	}
	x, err := Open(file, bundle)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = x.Close() })
	return file, x
}

// Cosines are exact to 0.005, and the nearest come first.
func TestTheNearestAreFound(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	vectors := make([][]float32, 500)
	for i := range vectors {
		vectors[i] = unit(r, 64)
	}
	_, x := written(t, vectors)
	query := unit(r, 64)
	exact := map[string]float64{}
	var cosines []float64
	for i, v := range vectors {
		dot := 0.0
		for k := range v {
			dot += float64(v[k]) * float64(query[k])
		}
		exact[x.Name(i)] = dot
		cosines = append(cosines, dot)
	}
	slices.Sort(cosines)
	hits, err := x.Top(query, 10)
	if err != nil || len(hits) != 10 {
		t.Fatalf("got hits %+v, err %+v; want err == nil, len(hits) == 10", hits, err)
	}
	for i, h := range hits {
		if math.Abs(h.Cosine-exact[h.Name]) > 0.005 {
			t.Errorf("%s: cosine %v, exactly %v", h.Name, h.Cosine, exact[h.Name])
		}
		if i > 0 && h.Cosine > hits[i-1].Cosine || exact[h.Name] < cosines[len(cosines)-10]-0.01 {
			t.Errorf("%d: %+v", i, h)
		}
	}
	if self, _ := x.Top(vectors[42], 1); self[0].Name != "dir/ä 42.jpg" || self[0].Cosine < 0.995 {
		t.Errorf("a vector is nearest to %+v", self)
	}
	if all, _ := x.Top(query, 1000); len(all) != 500 {
		t.Errorf("%d of 500", len(all))
	}
	if none, err := x.Top(query, 0); err != nil || len(none) != 0 {
		t.Errorf("got none %+v, err %+v; want err == nil, len(none) == 0", none, err)
	}
}

func TestEntriesComeBackAsTheyWere(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	vectors := [][]float32{unit(r, 64), make([]float32, 64), unit(r, 64)}
	file, x := written(t, vectors)
	if x.Len() != 3 {
		t.Fatal(x.Len())
	}
	for i := range vectors {
		e, want := x.Entry(i), Encode(vectors[i])
		if e.Name != fmt.Sprintf("dir/ä %d.jpg", i) || e.Stamp != (Stamp{int64(i), -int64(i)}) || e.Vector.Scale != want.Scale || !slices.Equal(e.Vector.Bytes, want.Bytes) {
			t.Errorf(`%d: %+v; want e.Name == fmt.Sprintf("dir/ä %%d.jpg", i), e.Stamp == (Stamp{int64(i), -int64(i)}), e.Vector.Scale == want.Scale, slices.Equal(e.Vector.Bytes, want.Bytes)`, i, e)
		}
	}
	// An index is written whole beside the one that is open.
	if err := Write(file, bundle, 64, nil); err != nil {
		t.Fatal(err)
	}
	if x.Entry(2).Name != "dir/ä 2.jpg" {
		t.Error("the open index changed")
	}
	empty, err := Open(file, bundle)
	if err != nil || empty.Len() != 0 {
		t.Fatalf("got empty %+v, err %+v; want err == nil, empty.Len() == 0", empty, err)
	}
	defer empty.Close()
	if hits, err := empty.Top(unit(r, 64), 5); err != nil || len(hits) != 0 {
		t.Errorf("got hits %+v, err %+v; want err == nil, len(hits) == 0", hits, err)
	}
}

// Vectors of two bundles are never compared; a damaged file is an error.
func TestOtherAndDamagedFilesAreRefused(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	file, x := written(t, [][]float32{unit(r, 64), unit(r, 64)})
	if _, err := Open(file, strings.Repeat("cd", 32)); !errors.Is(err, ErrBundle) {
		t.Error(err)
	}
	if _, err := x.Top(make([]float32, 3), 1); !errors.Is(err, ErrBundle) {
		t.Error(err)
	}
	if _, err := Open(file+"none", bundle); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, damaged := range [][]byte{nil, data[:20], data[:len(data)-1], append(slices.Clone(data), 0), append([]byte("x"), data[1:]...)} {
		if err := os.WriteFile(file+"2", damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(file+"2", bundle); !errors.Is(err, ErrIndex) {
			t.Errorf("%d bytes of %d: %v", len(damaged), len(data), err)
		}
	}
	if err := Write(file, "short", 64, nil); err == nil {
		t.Error("a hash of 5 digits was written")
	}
	if err := Write(file, bundle, 63, []Entry{{Name: "a", Vector: Encode(unit(r, 64))}}); err == nil {
		t.Error("a vector of another size was written")
	}
}

func FuzzParse(f *testing.F) {
	var b strings.Builder
	if err := write(&b, bundle, 2, []Entry{{Name: "a", Vector: Encode([]float32{1, 0})}, {Name: "b", Vector: Encode([]float32{0, 1})}}); err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(b.String()))
	f.Add([]byte(b.String()[:headerSize]))
	f.Fuzz(func(t *testing.T, data []byte) {
		x, err := parse(data)
		if err != nil {
			return
		}
		for i := range x.Len() {
			_ = x.Entry(i)
		}
		if _, err := x.Top(make([]float32, x.Dim()), 3); err != nil {
			t.Fatal(err)
		}
	})
}

func TestOnlyWhatChangedIsEncodedAgain(t *testing.T) {
	dir := t.TempDir()
	var files []string
	for _, name := range []string{"a", "b", "c"} {
		files = append(files, filepath.Join(dir, name))
		if err := os.WriteFile(files[len(files)-1], []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p, err := NewPlan(nil, files)
	if err != nil || len(p.Encode) != 3 || !p.Changed {
		t.Fatalf("%+v, %v; want err == nil, len(p.Encode) == 3, p.Changed", p, err)
	}
	var entries []Entry
	for i, file := range p.Encode {
		entries = append(entries, Entry{file, p.Stamps[i], Encode([]float32{1})})
	}
	index := filepath.Join(dir, "index")
	if err := Write(index, bundle, 1, entries); err != nil {
		t.Fatal(err)
	}
	x, err := Open(index, bundle)
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	if p, err := NewPlan(x, files); err != nil || p.Changed || len(p.Kept) != 3 {
		t.Errorf("%+v, %v; want err == nil, not p.Changed, len(p.Kept) == 3", p, err)
	}
	if err := os.WriteFile(files[1], []byte("longer"), 0o600); err != nil {
		t.Fatal(err)
	}
	if p, err := NewPlan(x, files); err != nil || !p.Changed || len(p.Kept) != 2 || p.Encode[0] != files[1] {
		t.Errorf("%+v, %v; want err == nil, p.Changed, len(p.Kept) == 2, p.Encode[0] == files[1]", p, err)
	}
	if p, err := NewPlan(x, files[:1]); err != nil || !p.Changed || len(p.Encode) != 0 {
		t.Errorf("a file that is gone: %+v, %v; want err == nil, p.Changed, len(p.Encode) == 0", p, err)
	}
	if _, err := NewPlan(x, []string{filepath.Join(dir, "none")}); err == nil {
		t.Error("a file that is not there")
	}
}

func TestTheSheetShowsEveryHit(t *testing.T) {
	for _, n := range []int{0, 1, 4, 5} {
		hits, pictures := make([]Hit, n), make([]image.Image, n)
		for i := range hits {
			hits[i] = Hit{strings.Repeat("long name ", 9), 0.5}
			m := image.NewRGBA(image.Rect(0, 0, SheetCell, SheetCell/2))
			draw.Draw(m, m.Bounds(), image.NewUniform(color.RGBA{255, 0, 0, 255}), image.Point{}, draw.Src)
			pictures[i] = m
		}
		red := 0
		sheet := Sheet(hits, pictures)
		for y := range sheet.Bounds().Dy() {
			for x := range sheet.Bounds().Dx() {
				if sheet.RGBAAt(x, y) == (color.RGBA{255, 0, 0, 255}) {
					red++
				}
			}
		}
		if red != n*SheetCell*SheetCell/2 {
			t.Errorf("%d pictures: %d red pixels", n, red)
		}
	}
}
