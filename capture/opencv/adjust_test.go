package opencv

import (
	"context"
	"testing"

	"pristine/capture"
	"pristine/internal/polygon"
)

// corners is a source of a picture that is blue but for its upper left quarter,
// which is red.
type corners struct{ width, height int }

func (c corners) Read(_ context.Context, f *capture.Frame) error {
	f.Resize(c.width, c.height)
	for i := range c.width * c.height {
		colour := []byte{200, 0, 0}
		if i%c.width < c.width/2 && i/c.width < c.height/2 {
			colour = []byte{0, 0, 200}
		}
		copy(f.Pix[3*i:], colour)
	}
	f.Part = "p"
	return nil
}

func (corners) Close() error { return nil }

func TestAnAdjustedPictureIsTheRightWayUp(t *testing.T) {
	// What stands in the middle of the quarters, row by row: r red, b blue, k black.
	for name, tc := range map[string]struct {
		how           Adjustment
		want          string
		width, height int
	}{
		"nothing":      {Adjustment{}, "rbbb", 40, 20},
		"colour order": {Adjustment{SwapRedBlue: true}, "brrr", 40, 20},
		"90":           {Adjustment{Rotate: 90}, "brbb", 20, 40},
		"180":          {Adjustment{Rotate: 180}, "bbbr", 40, 20},
		"270":          {Adjustment{Rotate: 270}, "bbrb", 20, 40},
		"horizontal":   {Adjustment{Flip: "horizontal"}, "brbb", 40, 20},
		"vertical":     {Adjustment{Flip: "vertical"}, "bbrb", 40, 20},
		"both":         {Adjustment{Flip: "both"}, "bbbr", 40, 20},
		"perspective":  {Adjustment{Perspective: []polygon.Point{{0, 0}, {0.5, 0}, {0.5, 0.5}, {0, 0.5}}}, "rrrr", 40, 20},
		"mask":         {Adjustment{Mask: []polygon.Point{{0, 0}, {1, 0}, {1, 0.5}, {0, 0.5}}}, "rbkk", 40, 20},
		"all":          {Adjustment{SwapRedBlue: true, Rotate: 90, Flip: "horizontal", Mask: []polygon.Point{{0, 0}, {0.5, 0}, {0.5, 1}, {0, 1}}}, "bkrk", 20, 40},
	} {
		t.Run(name, func(t *testing.T) {
			s := Adjust(corners{40, 20}, tc.how)
			defer s.Close()
			var f capture.Frame
			for range 3 { // buffers are reused
				if err := s.Read(context.Background(), &f); err != nil {
					t.Fatal(err)
				}
			}
			if f.Width != tc.width || f.Height != tc.height || len(f.Pix) != 3*f.Width*f.Height || f.Part != "p" {
				t.Fatalf(`%d × %d, part %q; want f.Width == tc.width, f.Height == tc.height, len(f.Pix) == 3*f.Width*f.Height, f.Part == "p"`, f.Width, f.Height, f.Part)
			}
			got := ""
			for _, at := range [][2]int{{1, 1}, {3, 1}, {1, 3}, {3, 3}} {
				p := f.Pix[3*(at[1]*f.Height/4*f.Width+at[0]*f.Width/4):][:3]
				switch {
				case p[0] > 150:
					got += "b"
				case p[2] > 150:
					got += "r"
				default:
					got += "k"
				}
			}
			if got != tc.want {
				t.Errorf("the quarters are %s, want %s", got, tc.want)
			}
		})
	}
}

// belt is red on a quadrilateral that is wider below, and blue beside it: a belt
// that is seen at a slant.
type belt struct{ corners }

var slant = []polygon.Point{{0.3, 0}, {0.7, 0}, {1, 1}, {0, 1}}

func (b belt) Read(_ context.Context, f *capture.Frame) error {
	f.Resize(b.width, b.height)
	mask := polygon.Draw(slant, b.width, b.height)
	for i := range b.width * b.height {
		colour := []byte{200, 0, 0}
		if mask.Contains(i%b.width, i/b.width) {
			colour = []byte{0, 0, 200}
		}
		copy(f.Pix[3*i:], colour)
	}
	return nil
}

// A polygon lies on the straightened picture: its pixels are counted.
func TestAPolygonLiesOnTheStraightenedPicture(t *testing.T) {
	const width, height = 200, 100
	for name, tc := range map[string]struct {
		how     Adjustment
		corners []polygon.Point
		within  int // pixels
		red     float64
	}{
		"the whole belt, straight":   {Adjustment{Perspective: slant}, nil, width * height, 1},
		"its right half, straight":   {Adjustment{Perspective: slant}, []polygon.Point{{0.5, 0}, {1, 0}, {1, 1}, {0.5, 1}}, width * height / 2, 1},
		"its right half, turned":     {Adjustment{Perspective: slant, Rotate: 180}, []polygon.Point{{0, 0}, {0.5, 0}, {0.5, 1}, {0, 1}}, width * height / 2, 1},
		"the right half, at a slant": {Adjustment{}, []polygon.Point{{0.5, 0}, {1, 0}, {1, 1}, {0.5, 1}}, width * height / 2, 0.7},
		"the belt, at a slant":       {Adjustment{}, slant, width * height * 7 / 10, 1},
	} {
		t.Run(name, func(t *testing.T) {
			s := Adjust(belt{corners{width, height}}, tc.how)
			defer s.Close()
			var f capture.Frame
			if err := s.Read(context.Background(), &f); err != nil {
				t.Fatal(err)
			}
			mask := polygon.Draw(tc.corners, f.Width, f.Height)
			within, red := 0, 0
			for y := range f.Height {
				for _, run := range mask.Row(y) {
					for x := run.From; x < run.To; x++ {
						within++
						if f.Pix[3*(y*f.Width+x)+2] > 100 {
							red++
						}
					}
				}
			}
			if within < tc.within-height || within > tc.within+height {
				t.Errorf("%d pixels are within, want %d", within, tc.within)
			}
			if share := float64(red) / float64(within); share < tc.red-0.01 || share > tc.red+0.01 {
				t.Errorf("%.3f of them are belt, want %.2f", share, tc.red)
			}
		})
	}
}
