package health

import (
	"testing"

	"pristine/capture"
	"pristine/internal/polygon"
)

// Frames count as the same for as long as no pixel changes, also where it lies in a row
// that is not looked at first.
func TestIdentity(t *testing.T) {
	const width, height = 16, 24
	whole, part := polygon.NewArea(nil).On(width, height), polygon.NewArea([]polygon.Point{{0, 0}, {0.5, 0}, {0.5, 1}, {0, 1}}).On(width, height)
	for name, c := range map[string]struct {
		mask  *polygon.Mask
		alter []int // the pixel that changes before each frame; -1 none
		want  []int
	}{
		"all the same":                    {whole, []int{-1, -1, -1, -1}, []int{1, 2, 3, 4}},
		"each another in the first row":   {whole, []int{0, 1, 0, 1}, []int{1, 1, 1, 1}},
		"each another in the second row":  {whole, []int{-1, -1, width, width, width}, []int{1, 2, 1, 1, 1}},
		"one in between":                  {whole, []int{-1, -1, -1, 8 * width, -1, -1}, []int{1, 2, 3, 1, 2, 3}},
		"one in between, in another row":  {whole, []int{-1, -1, -1, 9 * width, -1, -1}, []int{1, 2, 3, 1, 2, 3}},
		"the last pixel":                  {whole, []int{-1, -1, width*height - 1}, []int{1, 2, 1}},
		"outside the polygon":             {part, []int{-1, width - 1, 2*width - 1, 3*width - 1}, []int{1, 2, 3, 4}},
		"within the polygon":              {part, []int{-1, -1, 0, 1}, []int{1, 2, 1, 1}},
		"within the polygon, another row": {part, []int{-1, -1, width, width + 1}, []int{1, 2, 1, 1}},
	} {
		var d identity
		f := capture.Frame{Pix: make([]byte, 3*width*height), Width: width, Height: height}
		for i, pixel := range c.alter {
			if pixel >= 0 {
				f.Pix[3*pixel]++
			}
			if got := d.repeats(&f, c.mask); got != c.want[i] {
				t.Errorf("%s: frame %d is the %d. of the same, want %d", name, i+1, got, c.want[i])
			}
		}
	}
}
