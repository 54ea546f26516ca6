package prompts

import (
	"image"
	"math"
	"testing"
)

// placesOf returns where a map of 20×20 cells over 400×200 pixels, with its left
// upper corner at 100, 50, is unlike a good part. A raw score of 5 is usual, 6
// REVIEW and 8 FAIL; defects are told apart by the first two numbers of a patch.
func placesOf(cells map[[2]int]float32, classes map[[2]int]int, accept map[string]Accept, mmPerPixel float64) *Scores {
	b := &Bank{
		Set: &Set{Thresholds: Thresholds{Review: 0.4, Fail: 0.6}, Accept: accept}, bundle: BundleInfo{Dim: 2, LogitScale: 10, PatchLogitScale: 10}, references: &References{center: 5, spread: 1},
		classes: []class{{name: "pristine", kind: Pristine, prototype: []float32{0, 0}}, {name: "scratch", kind: Defect, severity: "minor", prototype: []float32{1, 0}}, {name: "stain", kind: Defect, severity: "major", prototype: []float32{0, 1}}},
	}
	o := &Observation{PatchGrid: [2]int{20, 20}, Patches: make([]float32, 800), Area: image.Rect(100, 50, 500, 250), MMPerPixel: mmPerPixel}
	s := &Scores{Defect: 0.9, Map: make([]float32, 400), MapGrid: [2]int{20, 20}}
	for i := range s.Map {
		s.Map[i] = 4
		o.Patches[2*i] = 1
	}
	for at, v := range cells {
		s.Map[at[0]*20+at[1]] = v
	}
	for at, c := range classes {
		i := at[0]*20 + at[1]
		o.Patches[2*i], o.Patches[2*i+1] = 0, 0
		o.Patches[2*i+c] = 1
	}
	s.Raw = top(s.Map, &s.sorted)
	b.places(o, s)
	return s
}

func TestPlaces_AreMeasuredInPixels(t *testing.T) {
	// A cell is 20×10 pixels: a row of six, which is 120 pixels long, and one cell
	// alone elsewhere.
	cells := map[[2]int]float32{{15, 16}: 8.5}
	for column := 3; column < 9; column++ {
		cells[[2]int{4, column}] = 9
	}
	s := placesOf(cells, map[[2]int]int{{15, 16}: 1}, nil, 0.1)
	if len(s.Places) != 2 || s.MorePlaces || s.Accepted {
		t.Fatalf("%+v", s.Places)
	}
	row, cell := s.Places[0], s.Places[1]
	if row.Class != "scratch" || row.Severity != "minor" || row.Level != 1 || math.Abs(row.LengthPX-120) > 15 || row.AreaPX < 120*5 || row.AreaPX > 120*15 {
		t.Errorf("the row is %+v, want a scratch of about 120×10 px", row)
	}
	if row.LengthMM != row.LengthPX*0.1 || math.Abs(row.AreaMM2-row.AreaPX*0.01) > 1e-9 || math.Abs(row.AreaShare-row.AreaPX/80000) > 1e-9 {
		t.Errorf("millimetres and shares do not fit: %+v", row)
	}
	if x, y := row.Box.X+row.Box.Width/2, row.Box.Y+row.Box.Height/2; math.Abs(float64(x-220)) > 5 || math.Abs(float64(y-95)) > 5 {
		t.Errorf("the middle of the row is %d, %d, want 220, 95", x, y)
	}
	if cell.Class != "stain" || cell.LengthPX < 20 || cell.LengthPX > 32 || cell.AreaPX < 200 {
		t.Errorf("the cell is %+v, want a stain of one cell", cell)
	}
	if want := "scratch, "; row.Text()[:len(want)] != want {
		t.Errorf("in words: %s", row.Text())
	}
}

func TestPlaces_OfAPictureThatPassesAreNone(t *testing.T) {
	b := &Bank{Set: &Set{Thresholds: Thresholds{Review: 0.4, Fail: 0.6}}, references: &References{center: 5, spread: 1}}
	s := &Scores{Defect: 0.39, Raw: 5.9, Map: []float32{5, 5, 5, 9}, MapGrid: [2]int{2, 2}, Places: []Place{{Class: "of the picture before"}}, Accepted: true}
	b.places(&Observation{Area: image.Rect(0, 0, 9, 9)}, s)
	if len(s.Places) > 0 || s.Accepted {
		t.Errorf("%+v", s.Places)
	}
}

// A part is accepted when every place is within the limits of its class, and there
// are no more places than are measured.
func TestPlaces_AcceptedWithinTheLimits(t *testing.T) {
	one := map[[2]int]float32{{4, 4}: 9, {4, 5}: 9}
	for name, c := range map[string]struct {
		cells   map[[2]int]float32
		classes map[[2]int]int
		accept  map[string]Accept
		mm      float64
		want    bool
	}{
		"no limits":                 {one, nil, nil, 0.1, false},
		"within":                    {one, nil, map[string]Accept{"scratch": {MaxLengthPX: 60}}, 0, true},
		"too long":                  {one, nil, map[string]Accept{"scratch": {MaxLengthPX: 30}}, 0, false},
		"within in millimetres":     {one, nil, map[string]Accept{"scratch": {MaxLengthMM: 6}}, 0.1, true},
		"millimetres not known":     {one, nil, map[string]Accept{"scratch": {MaxLengthMM: 6}}, 0, false},
		"short, but too large":      {one, nil, map[string]Accept{"scratch": {MaxLengthPX: 60, MaxAreaPX: 50}}, 0, false},
		"of another class":          {one, nil, map[string]Accept{"stain": {MaxLengthPX: 60}}, 0, false},
		"one of two places":         {map[[2]int]float32{{4, 4}: 9, {15, 15}: 9}, map[[2]int]int{{15, 15}: 1}, map[string]Accept{"scratch": {MaxLengthPX: 60}}, 0, false},
		"below the map's sharpness": {one, nil, map[string]Accept{"scratch": {MaxLengthPX: 5}}, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			if s := placesOf(c.cells, c.classes, c.accept, c.mm); s.Accepted != c.want {
				t.Errorf("accepted is %v, of %+v", s.Accepted, s.Places)
			}
		})
	}
	many := map[[2]int]float32{}
	for i := range MaxPlaces + 1 {
		many[[2]int{2 * i, 2 * i}] = 9
	}
	if s := placesOf(many, nil, map[string]Accept{"scratch": {MaxLengthPX: 1e6}}, 0); len(s.Places) != MaxPlaces || !s.MorePlaces || s.Accepted {
		t.Errorf("%d places, more: %v, accepted: %v", len(s.Places), s.MorePlaces, s.Accepted)
	}
}

func TestPlaces_AllocateNothing(t *testing.T) {
	s := placesOf(map[[2]int]float32{{4, 4}: 9}, nil, nil, 0)
	b := &Bank{Set: &Set{Thresholds: Thresholds{Review: 0.4, Fail: 0.6}}, references: &References{center: 5, spread: 1}}
	o := &Observation{Area: image.Rect(0, 0, 400, 200)}
	if n := testing.AllocsPerRun(20, func() { b.places(o, s) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

// Where a calibrated set reviews what is usual for good parts, a picture may be for
// review although nothing in it is unlike them: it has no place below what is usual,
// which no event could carry.
func TestPlaces_OfWhatIsUsualAreNone(t *testing.T) {
	b := &Bank{Set: &Set{Thresholds: Thresholds{Review: 0.4, Fail: 0.6}, Calibration: &Calibration{Slope: 1}}, calibrated: true, references: &References{center: 0, spread: 1}}
	for _, level := range []float32{-0.3, 0, 0.3} {
		s := &Scores{Defect: 0.45, Map: []float32{-0.4, -0.35, -0.4, level}, MapGrid: [2]int{2, 2}}
		s.Raw = float64(top(s.Map, &s.sorted))
		b.places(&Observation{Area: image.Rect(0, 0, 90, 90)}, s)
		if found := len(s.Places) > 0; found != (level > 0) {
			t.Errorf("level %v: got the places %+v", level, s.Places)
		}
		for _, p := range s.Places {
			if p.Level < 0 || p.Box.Width <= 0 || p.Box.Height <= 0 {
				t.Errorf("level %v: %+v is no place", level, p)
			}
		}
	}
}
