package opencv

import (
	"context"
	"testing"

	"pristine/capture"
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
		"perspective":  {Adjustment{Perspective: []Point{{0, 0}, {0.5, 0}, {0.5, 0.5}, {0, 0.5}}}, "rrrr", 40, 20},
		"mask":         {Adjustment{Mask: []Point{{0, 0}, {1, 0}, {1, 0.5}, {0, 0.5}}}, "rbkk", 40, 20},
		"all":          {Adjustment{SwapRedBlue: true, Rotate: 90, Flip: "horizontal", Mask: []Point{{0, 0}, {0.5, 0}, {0.5, 1}, {0, 1}}}, "bkrk", 20, 40},
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
				t.Fatalf("%d × %d, part %q", f.Width, f.Height, f.Part)
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
