package polygon

import "testing"

func TestCheck(t *testing.T) {
	for _, c := range []struct {
		name   string
		points []Point
		want   string
	}{
		{"a triangle", []Point{{0, 0}, {1, 0}, {1, 1}}, ""},
		{"anticlockwise, closed", []Point{{0, 0}, {0, 1}, {1, 1}, {1, 0}, {0, 0}}, ""},
		{"an L", []Point{{0, 0}, {1, 0}, {1, 0.5}, {0.5, 0.5}, {0.5, 1}, {0, 1}}, ""},
		{"a hole", []Point{{0, 0}, {1, 0}, {1, 1}, {0, 1}, {0, 0}, {0.3, 0.3}, {0.3, 0.6}, {0.6, 0.6}, {0.6, 0.3}, {0.3, 0.3}}, ""},
		{"two points", []Point{{0, 0}, {1, 1}}, "must have at least three points (got 2)"},
		{"a line", []Point{{0.1, 0.1}, {0.5, 0.5}, {0.9, 0.9}}, "must have an area (got [[0.1 0.1] [0.5 0.5] [0.9 0.9]])"},
		{"one point", []Point{{0, 0}, {0, 0}, {0, 0}}, "must have an area (got [[0 0] [0 0] [0 0]])"},
		{"a bow tie", []Point{{0, 0}, {1, 1}, {1, 0}, {0, 1}}, "must list the corners in order around the area: the side from [0 0] to [1 1] crosses that from [1 0] to [0 1]"},
	} {
		got := ""
		if err := Check(c.points); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestCheckCorners(t *testing.T) {
	for _, c := range []struct {
		name   string
		points []Point
		good   bool
	}{
		{"a view from the side", []Point{{0.1, 0}, {0.9, 0}, {1, 1}, {0, 1}}, true},
		{"upside down", []Point{{1, 1}, {0, 1}, {0, 0}, {1, 0}}, true},
		{"three", []Point{{0, 0}, {1, 0}, {1, 1}}, false},
		{"mirrored", []Point{{1, 0}, {0, 0}, {0, 1}, {1, 1}}, false},
		{"crossed", []Point{{0, 0}, {1, 1}, {1, 0}, {0, 1}}, false},
		{"on a line", []Point{{0, 0}, {0.3, 0.3}, {0.6, 0.6}, {1, 1}}, false},
		{"one point", []Point{{0, 0}, {0, 0}, {0, 0}, {0, 0}}, false},
		{"dented", []Point{{0, 0}, {1, 0}, {0.2, 0.2}, {0, 1}}, false},
	} {
		if err := CheckCorners(c.points); (err == nil) != c.good {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
