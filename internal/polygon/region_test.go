package polygon

import (
	"image"
	"testing"
)

func TestRectangle(t *testing.T) {
	for _, c := range []struct {
		numbers []float64
		want    string
	}{
		{[]float64{0.1, 0.2, 0.3, 0.4}, ""},
		{[]float64{0.4, 0, 0.6000001, 1}, ""}, // what rounding leaves
		{nil, "must be four numbers: x, y, width, height as shares of the frame (got 0)"},
		{make([]float64, 8), "must be four numbers: x, y, width, height as shares of the frame (got 8): write decimals with a point, not a comma"},
		{[]float64{-1, 0, 2, 1}, "x must be between 0 and 1 (got -1)\nwidth must be between 0 and 1 (got 2)"},
		{[]float64{0.5, 0, 1, 1}, "must lie within the frame and have an area (got [0.5 0 1 1])"},
		{[]float64{0, 0, 1e-9, 1}, "must be at least 0.001 wide and high, as a share of the frame (got [0 0 1e-09 1])"},
		{[]float64{0, 0, 0, 0}, "must lie within the frame and have an area (got [0 0 0 0])"},
	} {
		r := Whole()
		err := r.UnmarshalNumbers(c.numbers)
		switch {
		case err == nil && (c.want != "" || r != Rectangle(c.numbers)):
			t.Errorf("%v: got %v, want %q", c.numbers, r, c.want)
		case err != nil && (err.Error() != c.want || r != Whole()):
			t.Errorf("%v: got %q and %v, want %q and the rectangle as it was", c.numbers, err, r, c.want)
		}
	}
}

func TestRectangle_Pixels(t *testing.T) {
	for _, c := range []struct {
		r    Rectangle
		want image.Rectangle
	}{
		{Rectangle{}, image.Rect(0, 0, 200, 100)},
		{Whole(), image.Rect(0, 0, 200, 100)},
		{Rectangle{0.25, 0.5, 0.5, 0.25}, image.Rect(50, 50, 150, 75)},
		{Rectangle{0.5, 0.5, 0.0001, 0.0001}, image.Rect(100, 50, 101, 51)},
	} {
		if got := c.r.Pixels(200, 100); got != c.want {
			t.Errorf("%v: got %v, want %v", c.r, got, c.want)
		}
	}
}

func TestPoint(t *testing.T) {
	var p Point
	if err := p.UnmarshalNumbers([]float64{0.5, 1}); err != nil || p != (Point{0.5, 1}) {
		t.Errorf("got %v, %v", p, err)
	}
	for want, numbers := range map[string][]float64{
		"must be [x, y], shares of the frame from 0 to 1 (got [1 0 1])":                                             {1, 0, 1},
		"must be [x, y], shares of the frame from 0 to 1 (got [1 2])":                                               {1, 2},
		"must be [x, y], shares of the frame from 0 to 1 (got [0 1 0 2]): write decimals with a point, not a comma": {0, 1, 0, 2},
	} {
		if err := p.UnmarshalNumbers(numbers); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
