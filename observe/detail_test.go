package observe

import (
	"context"
	"errors"
	"fmt"
	"image"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"pristine/capture"
	"pristine/capture/opencv"
	"pristine/capture/testline"
	"pristine/infer"
	"pristine/internal/polygon"
	"pristine/prompts"
	"pristine/trial"
)

func opened(t *testing.T) *Model {
	t.Helper()
	m, err := Open("models/pocket", infer.Options{MaxBatch: 8})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	return m
}

func flange(t *testing.T) *capture.Frame {
	t.Helper()
	var f capture.Frame
	if err := testline.Open(testline.Options{Seed: 1, Speed: 60, Kind: "flange"}).Read(context.Background(), &f); err != nil {
		t.Fatal(err)
	}
	return &f
}

// alike reports whether vectors are the same but for the rounding of batches.
func alike(a, b []float32) bool {
	return slices.EqualFunc(a, b, func(x, y float32) bool { return math.Abs(float64(x-y)) < 0.02 })
}

// The tiles of a detail lie in their area and leave nothing of it out, and a cell
// of theirs lies where it does in the joined grid.
func TestDetailTilesMakeOneGrid(t *testing.T) {
	m := opened(t)
	for _, n := range []int{2, 3} {
		grid := m.fineGrid(n)
		if want := map[int]int{2: 36, 3: 52}[n]; grid != [2]int{want, want} {
			t.Errorf("%d: a grid of %v", n, grid)
		}
		area := image.Rect(100, 50, 100+10*grid[1], 50+5*grid[0])
		tiles := m.detailTiles(area, n, nil)
		var all image.Rectangle
		for i, tile := range tiles {
			all = all.Union(tile)
			row, column := i/n, i%n
			if want := image.Pt(100+10*16*column, 50+5*16*row); tile.Min != want || tile.Size() != image.Pt(200, 100) {
				t.Errorf("%d: tile %d is %v, want it at %v", n, i, tile, want)
			}
		}
		if len(tiles) != n*n || all != area {
			t.Errorf("%d: %d tiles of %v, the area is %v", n, len(tiles), all, area)
		}
		for _, tile := range m.detailTiles(image.Rect(7, 7, 9, 8), n, nil) {
			if tile.Empty() || !tile.In(image.Rect(7, 7, 9, 8)) {
				t.Errorf("%d: a tile of %v of two pixels", n, tile)
			}
		}
	}
	if tiles := m.detailTiles(image.Rect(0, 0, 9, 9), 1, nil); len(tiles) != 0 {
		t.Errorf("detail 1 has %d tiles", len(tiles))
	}
}

// Each patch of the joined grid is that of the tile whose middle it is nearer to.
func TestDetailIsWhatItsTilesShow(t *testing.T) {
	m, f := opened(t), flange(t)
	e := m.NewEncoder(View{})
	o := prompts.Observation{Detail: 2}
	if err := e.Encode(context.Background(), f, &o); err != nil {
		t.Fatal(err)
	}
	dim := m.Images.Shapes().FeatureDim
	if o.Detail != 2 || o.FineGrid != [2]int{36, 36} || len(o.Fine) != 36*36*dim {
		t.Fatalf("detail %d, a grid of %v, %d numbers", o.Detail, o.FineGrid, len(o.Fine))
	}
	tiles := m.detailTiles(image.Rect(0, 0, f.Width, f.Height), 2, nil)
	outputs := make([]infer.Output, len(tiles))
	for i, tile := range tiles {
		if _, err := m.Images.Encode(context.Background(), []infer.Picture{{Pix: f.Pix, Width: f.Width, Height: f.Height, Region: tile}}, outputs[i:i+1]); err != nil {
			t.Fatal(err)
		}
	}
	for row := range 36 {
		for column := range 36 {
			tile, y, x := 0, row, column
			if row >= 18 {
				tile, y = tile+2, row-16
			}
			if column >= 18 {
				tile, x = tile+1, column-16
			}
			if !alike(o.Fine[(row*36+column)*dim:][:dim], outputs[tile].PatchFeatures[(y*20+x)*dim:][:dim]) {
				t.Fatalf("row %d, column %d is not what tile %d shows", row, column, tile)
			}
		}
	}
	var batch [1]Observed
	photos := []trial.Photo{{Pix: f.Pix, Width: f.Width, Height: f.Height}}
	if err := m.EncodePhotos(context.Background(), photos, prompts.Needs{Detail: 2}, batch[:]); err != nil || !alike(batch[0].Fine, o.Fine) {
		t.Errorf("a batch shows something else: %v", err)
	}
}

// Detail is encoded beside tiles, and neither takes the other's place.
func TestTilesAndDetailAreEncodedTogether(t *testing.T) {
	m, f := opened(t), flange(t)
	see := func(n prompts.Needs) (o prompts.Observation) {
		o.Ask(n)
		if err := m.NewEncoder(View{}).Encode(context.Background(), f, &o); err != nil {
			t.Fatal(err)
		}
		return o
	}
	both, tiles, detail := see(prompts.Needs{Tiles: 2, Detail: 2}), see(prompts.Needs{Tiles: 2}), see(prompts.Needs{Detail: 2})
	if !alike(both.Tiles, tiles.Tiles) || !alike(both.Fine, detail.Fine) || len(tiles.Fine)+len(detail.Tiles) > 0 {
		t.Error("they show something else together")
	}
}

// A frame in detail allocates nothing once the buffers are there.
func TestDetailAllocatesNothingAFrame(t *testing.T) {
	m, f := opened(t), flange(t)
	e := m.NewEncoder(View{})
	var o prompts.Observation
	frame := func() {
		o.Ask(prompts.Needs{Detail: 2})
		if err := e.Encode(context.Background(), f, &o); err != nil {
			t.Error(err)
		}
	}
	if n := allocations(frame); n > 0 {
		t.Errorf("%v allocations a frame", n)
	}
}

// allocations returns how often a frame allocates once buffers are there. Those of what
// runs beside it, such as lanes that are opened, are in some of the rounds only.
func allocations(frame func()) (least float64) {
	least = testing.AllocsPerRun(5, frame)
	for round := 0; round < 10 && least > 0; round++ {
		least = min(least, testing.AllocsPerRun(5, frame))
	}
	return least
}

// Turned references show their detail turned, too.
func TestDetailIsTurned(t *testing.T) {
	m, f := opened(t), flange(t)
	e := m.NewEncoder(View{})
	o := prompts.Observation{Detail: 2}
	if err := e.Encode(context.Background(), f, &o); err != nil {
		t.Fatal(err)
	}
	upright := o.Clone()
	if err := e.ObserveTurned(context.Background(), f, &upright); err != nil || len(upright.FineTurned) != prompts.Turns*len(upright.Fine) || len(upright.Turned) != prompts.Turns*len(upright.Features) {
		t.Errorf("%d numbers turned, %d of detail: %v", len(upright.Turned), len(upright.FineTurned), err)
	}
	coarse := prompts.Observation{Detail: 1}
	if err := e.ObserveTurned(context.Background(), f, &coarse); err != nil || len(coarse.FineTurned) > 0 {
		t.Errorf("detail 1 has %d numbers of detail turned: %v", len(coarse.FineTurned), err)
	}
}

// Comparing a frame in detail allocates nothing once the buffers are there, with
// the real matcher.
func TestComparingInDetailAllocatesNothingAFrame(t *testing.T) {
	m, f := opened(t), flange(t)
	e := m.NewEncoder(View{})
	r := prompts.NewReferences(m.Bundle.Hash, m.Matcher)
	for range 3 {
		var o prompts.Observation
		o.Ask(prompts.Needs{Detail: 2})
		if err := e.Encode(context.Background(), f, &o); err != nil {
			t.Fatal(err)
		}
		if err := r.Add(&o); err != nil {
			t.Fatal(err)
		}
	}
	plain, err := m.Bank(context.Background(), "configs/prompts/part.yaml")
	if err != nil {
		t.Fatal(err)
	}
	bank, err := plain.WithReferences(r)
	if err != nil {
		t.Fatal(err)
	}
	var o prompts.Observation
	var s prompts.Scores
	frame := func() {
		o.Ask(bank.Needs())
		if err := errors.Join(e.Encode(context.Background(), f, &o), bank.Score(&o, &s)); err != nil {
			t.Error(err)
		}
	}
	frame()
	if n := testing.AllocsPerRun(5, frame); n > 0 || s.MapGrid != [2]int{36, 36} {
		t.Errorf("%v allocations a frame, a map of %v", n, s.MapGrid)
	}
}

// Pictures are learned in the finest detail that does not enlarge them: of those
// that are kept already where their files are not at hand.
func TestDetailFollowsThePixelsOfThePictures(t *testing.T) {
	m := opened(t)
	write := func(width, height int) string {
		t.Helper()
		data, err := opencv.EncodePNG(make([]byte, 3*width*height), width, height)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "p.png")
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	large, small := write(1024, 683), write(448, 448)
	auto := prompts.Needs{Detail: 2, Finer: true}
	for _, c := range []struct {
		name  string
		view  View
		needs prompts.Needs
		files []string
		want  int
	}{
		{"large", View{}, auto, []string{large}, 3},
		{"small", View{}, auto, []string{small}, 2},
		{"both", View{}, auto, []string{large, small}, 2},
		{"none", View{}, auto, nil, 2},
		{"a region of it", View{Region: polygon.Rectangle{0, 0, 0.5, 1}}, auto, []string{large}, 2},
		{"asked for 2", View{}, prompts.Needs{Detail: 2}, []string{large}, 2},
		{"asked for 1", View{}, prompts.Needs{Detail: 1}, []string{large}, 1},
	} {
		if got, err := m.NewEncoder(c.view).detailOf(c.needs, c.files); got != c.want || err != nil {
			t.Errorf("%s: detail %d, want %d: %v", c.name, got, c.want, err)
		}
	}
	set, r := &prompts.Set{Turned: prompts.TurnedNever}, prompts.NewReferences(m.Bundle.Hash, m.Matcher)
	e := m.NewEncoder(View{})
	for i, needs := range []prompts.Needs{{Detail: 2}, {}} { // the first one is kept in detail 2
		var o prompts.Observation
		if err := e.ObserveFile(context.Background(), large, needs, &o); err != nil {
			t.Fatal(err)
		}
		if err := r.AddPicture(prompts.Reference{SHA: fmt.Sprint(i), Seen: o}); err != nil {
			t.Fatal(err)
		}
	}
	for want, files := range map[int]map[string]string{2: {"1": large}, 3: {"0": large, "1": large}} {
		if needs, err := e.completeNeeds(r, set, files); err != nil || needs.Detail != want {
			t.Errorf("beside what is kept: detail %d, want %d: %v", needs.Detail, want, err)
		}
	}
}
