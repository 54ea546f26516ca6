package prompts

import (
	"context"
	"encoding/json"
	"fmt"
	"image"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// goldenCase is one case of testdata/scores.json, which training/golden/scores.py
// wrote.
type goldenCase struct {
	Name                        string
	Dim, Tiles, Grid            int
	LogitScale, PatchLogitScale float64
	Temperature                 float64
	Texts                       map[string][]float32 // [states·2·dim] by class
	Weights                     map[string][]float64 // by class, of its states
	Classes                     map[string]float64   // weights of classes
	Embedding, Patches          []float32
	TileEmbeddings              []float32
	Probabilities               map[string]float64
	Raw, Defect                 float64
	ReviewShare                 float64 // of the stain, which is minor and for review
	Top                         string
	Map                         []float64
}

// given embeds the texts that the golden case gives: "class/state" in template 0
// or 1.
type given struct{ *goldenCase }

func (g given) Encode(_ context.Context, texts []string) ([][]float32, error) {
	var all [][]float32
	for _, text := range texts {
		var template, state int
		var class string
		if _, err := fmt.Sscanf(strings.ReplaceAll(text, "/", " "), "%d %s %d", &template, &class, &state); err != nil {
			return nil, fmt.Errorf("%q: %w", text, err)
		}
		all = append(all, g.Texts[class][(2*state+template)*g.Dim:][:g.Dim])
	}
	return all, nil
}

func (g *goldenCase) states(class string) []Prompt {
	var all []Prompt
	for i, w := range g.Weights[class] {
		all = append(all, Prompt{fmt.Sprintf("%s/%d", class, i), w})
	}
	return all
}

func TestScoresAreThoseOfAnIndependentProgram(t *testing.T) {
	data, err := os.ReadFile("testdata/scores.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []goldenCase
	if err := json.Unmarshal(data, &cases); err != nil || len(cases) < 5 {
		t.Fatalf("%d cases, %v", len(cases), err)
	}
	for _, g := range cases {
		t.Run(g.Name, func(t *testing.T) {
			set := defaults()
			set.Templates, set.Temperature, set.Tiles = Templates{"0/{}", "1/{}"}, g.Temperature, g.Tiles
			set.Pristine = g.states("pristine")
			set.Defects = map[string]State{"crack": {g.states("crack"), "major", g.Classes["crack"]}, "stain": {g.states("stain"), "minor", g.Classes["stain"]}}
			set.Verdicts.Minor = MostReview
			set.Lookalikes = map[string]State{"dust": {g.states("dust"), "major", g.Classes["dust"]}}
			b, err := NewBank(context.Background(), &set, given{&g}, BundleInfo{Hash: "b", Dim: g.Dim, LogitScale: g.LogitScale, PatchLogitScale: g.PatchLogitScale})
			if err != nil {
				t.Fatal(err)
			}
			o := Observation{
				Bundle: "b", Embedding: g.Embedding, Patches: g.Patches, PatchGrid: [2]int{g.Grid, g.Grid}, Tiles: g.TileEmbeddings, TileGrid: [2]int{g.Tiles, g.Tiles},
			}
			var s Scores
			if err := b.Score(&o, &s); err != nil {
				t.Fatal(err)
			}
			got := goldenCase{Raw: s.Raw, Defect: s.Defect, ReviewShare: s.ReviewShare, Top: s.Top, Probabilities: map[string]float64{}}
			for _, c := range s.Classes {
				got.Probabilities[c.Name] = c.Probability
			}
			for _, v := range s.Map {
				got.Map = append(got.Map, float64(v))
			}
			want := goldenCase{Raw: g.Raw, Defect: g.Defect, ReviewShare: g.ReviewShare, Top: g.Top, Probabilities: g.Probabilities, Map: g.Map}
			if diff := cmp.Diff(want, got, cmpopts.EquateApprox(0, 2e-6), cmpopts.EquateEmpty()); diff != "" {
				t.Error(diff)
			}
			if n := testing.AllocsPerRun(20, func() { _ = b.Score(&o, &s) }); n > 0 {
				t.Errorf("%v allocations a frame", n)
			}
		})
	}
}

func TestTilesCoverTheFrameAndOverlapByHalf(t *testing.T) {
	for _, frame := range []image.Rectangle{image.Rect(0, 0, 100, 60), image.Rect(7, 9, 40, 50)} {
		for n := 2; n <= MaxTiles; n++ {
			tiles := Tiles(frame, n, nil)
			all := image.Rectangle{}
			for _, tile := range tiles {
				all = all.Union(tile)
			}
			if len(tiles) != n*n || all != frame {
				t.Errorf("%d tiles of %v cover %v", len(tiles), frame, all)
			}
			half := float64(frame.Dx()) / float64(n+1)
			if overlap := tiles[0].Intersect(tiles[1]).Dx(); math.Abs(float64(overlap)-half) > 1 {
				t.Errorf("neighbours of %v overlap by %d, want %.1f", frame, overlap, half)
			}
		}
	}
}

func TestASmallDefectIsNotAveragedAway(t *testing.T) {
	b := testBank(t)
	b.Set.Tiles = 3
	score := func(angles ...float64) *Scores {
		o, s := look(at(0)), &Scores{}
		o.PatchGrid, o.FeatureGrid, o.TileGrid = [2]int{}, [2]int{}, [2]int{3, 3}
		for _, a := range angles {
			o.Tiles = append(o.Tiles, at(a)...)
		}
		if err := b.Score(o, s); err != nil {
			t.Fatal(err)
		}
		return s
	}
	good := score(0, 0, 0, 0, 0, 0, 0, 0, 0)
	corner := score(0, 0, 0, 0, 0, 0, 0, 0, math.Pi/2)
	all := score(math.Pi/2, math.Pi/2, math.Pi/2, math.Pi/2, math.Pi/2, math.Pi/2, math.Pi/2, math.Pi/2, math.Pi/2)
	if math.Abs(corner.Raw-all.Raw) > 1e-6 || corner.Raw <= good.Raw {
		t.Errorf("good %.4f, a defect in the corner %.4f, defects everywhere %.4f", good.Raw, corner.Raw, all.Raw)
	}
	worst := 0
	for i, v := range corner.Map {
		if v > corner.Map[worst] {
			worst = i
		}
	}
	if worst != 15 || corner.MapGrid != [2]int{4, 4} {
		t.Errorf("the map of %v is highest at cell %d", corner.MapGrid, worst)
	}
}

func TestAPictureWithOtherTilesThanTheSetsIsAnError(t *testing.T) {
	b, o := testBank(t), look(at(0), at(0), at(0), at(0), at(0))
	o.TileGrid, o.Tiles = [2]int{2, 2}, make([]float32, 12)
	if err := b.Score(o, &Scores{}); err == nil || !strings.Contains(err.Error(), "tiles") {
		t.Errorf("gave %v", err)
	}
}
