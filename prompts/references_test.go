package prompts

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func kept(t *testing.T, angles ...float64) *References {
	t.Helper()
	r := NewReferences("b", nil)
	for i, a := range angles {
		name := string(rune('a' + i))
		if err := r.AddPicture(Reference{Name: name, SHA: name, Seen: *look(at(a), at(a), at(a+0.05), at(0.1), at(0.15))}); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

func TestReferencesComeBackFromTheirFile(t *testing.T) {
	r := kept(t, 0, 0.01, 0.02)
	if err := r.AddPicture(Reference{Name: "bad", SHA: "s", Bad: true, Seen: *look(at(1), at(1), at(0), at(0), at(0))}); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "set.references")
	if err := r.Save(file); err != nil {
		t.Fatal(err)
	}
	again, err := LoadReferences(file, "b", nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(r.Pictures(), again.Pictures(), cmp.Comparer(func(a, b []float32) bool { return cmp.Equal(append([]float32{}, a...), append([]float32{}, b...)) })); diff != "" {
		t.Error(diff)
	}
	if again.Len() != 3 || again.Hash() != r.Hash() {
		t.Errorf("%d good pictures, hash %s and %s", again.Len(), again.Hash(), r.Hash())
	}
	_, err = LoadReferences(file, "other", nil)
	if !errors.Is(err, ErrBundle) || !strings.Contains(err.Error(), "edge reference add") {
		t.Errorf("another bundle gave %v", err)
	}
	if _, err := LoadReferences(file+"x", "b", nil); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file gave %v", err)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for name, damaged := range map[string][]byte{"empty": nil, "cut": data[:len(data)/2], "no header": []byte("12345678{}")} {
		if _, err := parseReferences(damaged, "b", nil); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestReferencesLieBesideTheSet(t *testing.T) {
	for written, want := range map[string]string{"": "sets/part.references", "line-3.references": "sets/line-3.references", "/data/x": "/data/x"} {
		if got := (&Set{References: written}).ReferencesFile("sets/part.yaml"); got != want {
			t.Errorf("%q lies in %s, want %s", written, got, want)
		}
	}
}

func TestTheHashIsThatOfThePicturesInAnyOrder(t *testing.T) {
	a, b := kept(t, 0, 0.01), kept(t, 0.01, 0)
	if a.Hash() != b.Hash() {
		t.Error("the order moves the hash")
	}
	if a.Hash() == kept(t, 0, 0.02).Hash() || a.Hash() == kept(t, 0).Hash() {
		t.Error("other pictures have the same hash")
	}
}

func TestKeepChoosesPicturesThatStandForAll(t *testing.T) {
	r := kept(t, 0, 0.01, 0.02, 0.8, 0.81, 0.82, 0.4)
	dropped, err := r.Keep(3)
	if err != nil {
		t.Fatal(err)
	}
	names := ""
	for _, p := range r.Pictures() {
		names += p.Name
	}
	if len(dropped) != 4 || names != "afg" {
		t.Errorf("kept %s, dropped %d", names, len(dropped))
	}
	if dropped, err := r.Keep(3); err != nil || dropped != nil {
		t.Errorf("dropped %v of few enough, %v", dropped, err)
	}
}

func TestBadPicturesMakeTheirLikeWorseAndGoodOnesNot(t *testing.T) {
	score := func(r *References, o *Observation) float64 {
		b, err := testBank(t).WithReferences(r)
		if err != nil {
			t.Fatal(err)
		}
		var s Scores
		if err := b.Score(o, &s); err != nil {
			t.Fatal(err)
		}
		return s.Reference
	}
	good, like, unlike := look(at(0), at(0.005), at(0.055), at(0.1), at(0.15)), look(at(0), at(0), at(0.05), at(0.1), at(0.7)), look(at(0), at(0), at(0.05), at(0.1), at(-0.55))
	r := kept(t, 0, 0.01, 0.02)
	without := []float64{score(r, good), score(r, like), score(r, unlike)}
	if err := r.AddPicture(Reference{Bad: true, Seen: *look(at(0), at(0), at(0.05), at(0.1), at(0.72))}); err != nil {
		t.Fatal(err)
	}
	with := []float64{score(r, good), score(r, like), score(r, unlike)}
	if math.Abs(with[0]-without[0]) > 1e-6 || with[1] <= without[1] || math.Abs(with[2]-without[2]) > 1e-6 {
		t.Errorf("good, like, unlike: %.3f without bad pictures, %.3f with them", without, with)
	}
}

func TestTilesServeWhereABundleHasNoPatches(t *testing.T) {
	tiled := func(whole float64, angles ...float64) *Observation {
		o := &Observation{Bundle: "b", Embedding: at(whole), TileGrid: [2]int{2, 2}}
		for _, a := range angles {
			o.Tiles = append(o.Tiles, at(a)...)
		}
		return o
	}
	for _, pictures := range []int{1, 4} {
		r := NewReferences("b", nil)
		for i := range pictures {
			if err := r.Add(tiled(0, 0.01*float64(i), 0.03, 0.05, 0.07)); err != nil {
				t.Fatal(err)
			}
		}
		bank := testBank(t)
		bank.Set.Tiles = 2
		b, err := bank.WithReferences(r)
		if err != nil {
			t.Fatal(err)
		}
		var good, bad Scores
		if err := errors.Join(b.Score(tiled(0, 0.005, 0.03, 0.05, 0.07), &good), b.Score(tiled(0.1, 0, 0.03, 0.05, 1), &bad)); err != nil {
			t.Fatal(err)
		}
		if good.Defect > 0.4 || bad.Defect < 0.6 || bad.MapGrid != [2]int{2, 2} {
			t.Errorf("%d references: good %.3f, bad %.3f", pictures, good.Defect, bad.Defect)
		}
		o := tiled(0, 0.005, 0.03, 0.05, 0.07)
		if n := testing.AllocsPerRun(20, func() { _ = b.Score(o, &good) }); n > 0 {
			t.Errorf("%v allocations a frame", n)
		}
	}
	if err := NewReferences("b", nil).Add(&Observation{Bundle: "b", Embedding: at(0)}); !errors.Is(err, ErrNoFeatures) {
		t.Errorf("neither patches nor tiles gave %v", err)
	}
}

// Where a bundle has patch features and no patch embeddings, the tile that a place
// lies in names it.
func TestTilesNameWhatPatchFeaturesFind(t *testing.T) {
	seen := func(tile int, angle float64) *Observation {
		o := &Observation{Bundle: "b", Embedding: at(0), TileGrid: [2]int{2, 2}, FeatureGrid: [2]int{6, 6}}
		for i := range 4 {
			o.Tiles = append(o.Tiles, at(map[bool]float64{true: angle}[i == tile])...)
		}
		for i := range 36 {
			o.Features = append(o.Features, at(0.01*float64(i%5)+map[bool]float64{true: angle}[i == 14])...) // row 2, column 2
		}
		return o
	}
	r := NewReferences("b", nil)
	for i := range 4 {
		if err := r.Add(seen(4, 0.001*float64(i))); err != nil {
			t.Fatal(err)
		}
	}
	bank := testBank(t)
	bank.Set.Tiles = 2
	b, err := bank.WithReferences(r)
	if err != nil {
		t.Fatal(err)
	}
	for tile, names := range []bool{true, false, false, false} {
		o := seen(tile, math.Pi/2)
		var s Scores
		if err := b.Score(o, &s); err != nil || s.MapGrid != o.FeatureGrid || s.Defect < 0.6 {
			t.Fatalf("a map of %v, P(defect) %.3f, %v", s.MapGrid, s.Defect, err)
		}
		worst := 0
		for i, v := range s.Map {
			if v > s.Map[worst] {
				worst = i
			}
		}
		place, _ := b.embeddingAt(o, &s, worst)
		if got := place[1] > 0.5; got != names {
			t.Errorf("a defect in tile %d and a patch of tile 0: its embedding is %v", tile, place)
		}
	}
}

func FuzzParseReferences(f *testing.F) {
	r := NewReferences("b", nil)
	if err := r.Add(look(at(0), at(0), at(0.05), at(0.1), at(0.15))); err != nil {
		f.Fatal(err)
	}
	file := filepath.Join(f.TempDir(), "r")
	if err := r.Save(file); err != nil {
		f.Fatal(err)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		if r, err := parseReferences(data, "b", nil); (r == nil) == (err == nil) {
			t.Fatal("references or an error, not both")
		}
	})
}
