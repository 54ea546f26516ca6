package polygon

import (
	"bytes"
	"image"
	"slices"
	"testing"
)

var (
	square   = []Point{{0.25, 0.25}, {0.75, 0.25}, {0.75, 0.75}, {0.25, 0.75}}
	triangle = []Point{{0, 0}, {1, 0}, {0, 1}}
	bow      = []Point{{0, 0}, {0.25, 0.5}, {0.75, 0.5}, {1, 0}, {1, 1}, {0, 1}} // concave: two runs a row above
)

func TestPixelsWithinAreCounted(t *testing.T) {
	for name, tc := range map[string]struct {
		points        []Point
		width, height int
		want, slack   int
	}{
		"without points it is all":      {nil, 30, 20, 600, 0},
		"a quarter":                     {square, 80, 40, 800, 0},
		"half, by its diagonal":         {triangle, 100, 100, 5000, 50},
		"on pictures of another size":   {triangle, 1920, 1080, 1920 * 1080 / 2, 1920},
		"concave":                       {bow, 400, 200, 50000, 200},
		"of one pixel there is nothing": {[]Point{{0, 0}, {0.4, 0}, {0.4, 0.4}}, 1, 1, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			m := NewArea(tc.points).On(tc.width, tc.height)
			n := 0
			for y := range tc.height {
				for x := range tc.width {
					if m.Contains(x, y) {
						n++
					}
				}
			}
			if n != m.Pixels() || n < tc.want-tc.slack || n > tc.want+tc.slack || m.Whole() != (n == tc.width*tc.height) {
				t.Errorf("%d pixels are within, it says %d, want %d", n, m.Pixels(), tc.want)
			}
		})
	}
	if m := Draw(bow, 400, 200); len(m.Row(20)) != 2 || len(m.Row(150)) != 1 {
		t.Errorf("the runs are %v and %v", m.Row(20), m.Row(150))
	}
}

func TestBounds(t *testing.T) {
	if b := Bounds([]Point{{0.5, 0.25}, {0.75, 0.5}, {0.25, 1}}); b != (Rectangle{0.25, 0.25, 0.5, 0.75}) {
		t.Error(b)
	}
}

func TestCellsAtTheEdgeAreLookedAt(t *testing.T) {
	got := Draw(triangle, 40, 40).Cells(image.Rect(0, 0, 40, 40), 4, 4)
	want := []bool{
		true, true, true, true, // the last by half
		true, true, true, false,
		true, true, false, false,
		true, false, false, false,
	}
	if !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
}

func TestPaintAndRestoreAreEachOthersRest(t *testing.T) {
	const width, height = 40, 24
	pix := make([]byte, 3*width*height)
	for i := range pix {
		pix[i] = byte(i%200 + 20)
	}
	m, out := Draw(square, width, height), make([]byte, len(pix))
	m.Paint(out, pix, image.Rect(0, 0, width, height), [3]byte{1, 2, 3})
	kept, painted := 0, 0
	for i := 0; i < len(pix); i += 3 {
		switch {
		case bytes.Equal(out[i:i+3], []byte{1, 2, 3}):
			painted++
		case bytes.Equal(out[i:i+3], pix[i:i+3]) && m.Contains(i/3%width, i/3/width):
			kept++
		}
	}
	if kept != width*height/4 || painted != width*height*3/4 {
		t.Errorf("%d pixels are kept and %d painted", kept, painted)
	}
	if m.Restore(out, pix); !bytes.Equal(out, pix) {
		t.Error("the rest was not restored")
	}
	part := bytes.Repeat([]byte{9}, len(pix))
	m.Paint(part, pix, image.Rect(0, 0, 12, 8), [3]byte{})
	if n := len(pix) - bytes.Count(part, []byte{9}); n != 3*12*8 {
		t.Errorf("%d bytes of another part were written", n-3*12*8)
	}
}

func TestAMaskAllocatesNothing(t *testing.T) {
	a, pix, out := NewArea(triangle), make([]byte, 3*64*64), make([]byte, 3*64*64)
	if n := testing.AllocsPerRun(20, func() {
		a.On(64, 64).Paint(out, pix, image.Rect(0, 0, 64, 64), [3]byte{})
	}); n > 0 {
		t.Errorf("%v allocations a frame", n)
	}
}

func FuzzDraw(f *testing.F) {
	f.Add(0.1, 0.2, 0.9, 0.3, 0.5, 1.0, 64, 48)
	f.Fuzz(func(t *testing.T, ax, ay, bx, by, cx, cy float64, width, height int) {
		if width < 1 || height < 1 || width > 300 || height > 300 {
			return
		}
		for _, v := range []float64{ax, ay, bx, by, cx, cy} {
			if !(v >= 0 && v <= 1) {
				return
			}
		}
		m := Draw([]Point{{ax, ay}, {bx, by}, {cx, cy}}, width, height)
		if m.Pixels() < 0 || m.Pixels() > width*height {
			t.Fatalf("got m.Pixels() %+v, m %+v, width %+v, height %+v; want m.Pixels() >= 0, m.Pixels() <= width*height", m.Pixels(), m, width, height)
		}
	})
}
