package observe

import (
	"context"
	"image"
	"testing"

	"pristine/infer"
	"pristine/internal/need"
	"pristine/internal/polygon"
	"pristine/prompts"
)

// No patch is kept that shows what a turned picture has to invent: at 45° the
// corners, and with a polygon what lies outside it.
func TestAngledPatchesShowNothingInvented(t *testing.T) {
	m := opened(t)
	p := infer.Picture{Pix: make([]byte, 3*200*200), Width: 200, Height: 200, Region: image.Rect(0, 0, 200, 200)}
	whole, half := m.NewEncoder(View{}), m.NewEncoder(View{Polygon: []polygon.Point{{0, 0}, {0.5, 0}, {0.5, 1}, {0, 1}}})
	cells := whole.angledCells(whole.area.On(200, 200), p, 45, [2]int{20, 20})
	left := half.angledCells(half.area.On(200, 200), p, 90, [2]int{20, 20})
	count := 0
	for i, is := range cells {
		if row, column := i/20, i%20; is != (abs(2*row-19)+abs(2*column-19) <= 24) { // 24/20 of half a side: √2 less the margin
			count++
		}
		if row := i / 20; left[i] && row >= 10 { // turned clockwise, the left half is the upper one
			t.Fatalf("a cell in row %d shows what lies outside the polygon", row)
		}
	}
	if count > 8 { // on the slanted border itself
		t.Errorf("%d cells differ from the square that stands on its corner", count)
	}
	if !left[5*20+10] {
		t.Error("nothing of the polygon is left")
	}
}

func abs(v int) int { return max(v, -v) }

// What is kept of the angles is bounded, and the memory is that of quarter turns.
func TestAngledIsBounded(t *testing.T) {
	need.NoRaceDetector(t)
	m, f := opened(t), flange(t)
	e := m.NewEncoder(View{})
	var o prompts.Observation
	if err := e.Encode(context.Background(), f, &o); err != nil {
		t.Fatal(err)
	}
	if err := e.observeAngled(context.Background(), f, &o); err != nil {
		t.Fatal(err)
	}
	dim := m.Images.Shapes().FeatureDim
	if got := len(o.Angled) / dim; got != prompts.AngledRows(false, 400) || len(o.FineAngled) != 0 {
		t.Errorf("%d patches, and %d finer numbers", got, len(o.FineAngled))
	}
}
