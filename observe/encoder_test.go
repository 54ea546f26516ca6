package observe

import (
	"context"
	"errors"
	"slices"
	"testing"

	"pristine/capture"
	"pristine/capture/testline"
	"pristine/infer"
	"pristine/internal/polygon"
	"pristine/prompts"
)

// What lies outside a polygon is neutral for scoring: the model sees the same,
// whatever is there, and sees what changes within.
func TestWhatLiesOutsideThePolygonIsNeutralForScoring(t *testing.T) {
	e, err := Open("models/pocket", infer.Options{MaxBatch: 8})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	corners := []polygon.Point{{0.3, 0.1}, {0.7, 0.1}, {0.7, 0.9}, {0.5, 0.6}, {0.3, 0.9}}
	var f capture.Frame
	if err := testline.Open(testline.Options{Seed: 1, Speed: 60, Kind: "flange"}).Read(context.Background(), &f); err != nil {
		t.Fatal(err)
	}
	see := func(change func(within bool, p []byte)) prompts.Observation {
		mask, changed := polygon.Draw(corners, f.Width, f.Height), f
		changed.Pix = slices.Clone(f.Pix)
		for i := range f.Width * f.Height {
			change(mask.Contains(i%f.Width, i/f.Width), changed.Pix[3*i:3*i+3])
		}
		o := prompts.Observation{TileGrid: [2]int{2, 2}, Detail: 2}
		bounds := polygon.Bounds(corners)
		l := e.NewEncoder(View{Region: bounds, Polygon: corners})
		if err := errors.Join(l.Encode(context.Background(), &changed, &o), l.ObserveTurned(context.Background(), &changed, &o)); err != nil || len(o.Turned) != prompts.Turns*len(o.Features) {
			t.Fatalf("%d numbers of it turned, %v", len(o.Turned), err)
		}
		return o
	}
	same := func(a, b prompts.Observation) bool {
		return slices.Equal(a.Embedding, b.Embedding) && slices.Equal(a.Patches, b.Patches) && slices.Equal(a.Features, b.Features) && slices.Equal(a.Tiles, b.Tiles) && slices.Equal(a.Turned, b.Turned) && slices.Equal(a.Fine, b.Fine) && slices.Equal(a.FineTurned, b.FineTurned)
	}
	as := see(func(bool, []byte) {})
	if !same(as, see(func(within bool, p []byte) {
		if !within {
			p[0], p[1], p[2] = 255-p[0], 0, p[1]*7
		}
	})) {
		t.Error("what lies outside is seen")
	}
	if same(as, see(func(within bool, p []byte) {
		if within {
			p[1] = 255 - p[1]
		}
	})) {
		t.Error("what lies within is not seen")
	}
}
