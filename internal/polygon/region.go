package polygon

import (
	"errors"
	"fmt"
	"image"
	"math"
)

// Rectangle is x, y, width and height of a part of a picture, as shares of its size,
// 0 to 1. The zero Rectangle is the whole picture.
type Rectangle [4]float64

// Whole returns the whole picture, written out.
func Whole() Rectangle { return Rectangle{0, 0, 1, 1} }

// tolerance is what rounding may add to the far edges of a rectangle.
const tolerance = 1e-6

// least is a share of a frame that has a pixel in frames of every camera.
const least = 0.001

// UnmarshalNumbers sets the rectangle to four numbers. They must lie within the
// picture and have an area.
func (r *Rectangle) UnmarshalNumbers(numbers []float64) error {
	if len(numbers) != len(r) {
		return fmt.Errorf("must be four numbers: x, y, width, height as shares of the frame (got %d)%s", len(numbers), commaRemedy(numbers, len(r)))
	}
	var errs []error
	for i, name := range []string{"x", "y", "width", "height"} {
		if !share(numbers[i]) {
			errs = append(errs, fmt.Errorf("%s must be between 0 and 1 (got %v)", name, numbers[i]))
		}
	}
	if len(errs) > 0 {
		return errors.Join(errs...)
	}
	if x, y, w, h := numbers[0], numbers[1], numbers[2], numbers[3]; w == 0 || h == 0 || x+w > 1+tolerance || y+h > 1+tolerance {
		return fmt.Errorf("must lie within the frame and have an area (got %v)", numbers)
	}
	if w, h := numbers[2], numbers[3]; w < least || h < least {
		return fmt.Errorf("must be at least %v wide and high, as a share of the frame (got %v)", least, numbers)
	}
	*r = Rectangle(numbers)
	return nil
}

// Pixels returns the rectangle on a picture of a size: at least one pixel, within the
// picture.
func (r Rectangle) Pixels(width, height int) image.Rectangle {
	if r == (Rectangle{}) {
		return image.Rect(0, 0, width, height)
	}
	at := func(share float64, size int) int { return int(math.Round(share * float64(size))) }
	p := image.Rect(at(r[0], width), at(r[1], height), at(r[0]+r[2], width), at(r[1]+r[3], height))
	p.Max.X, p.Max.Y = max(p.Max.X, p.Min.X+1), max(p.Max.Y, p.Min.Y+1)
	return p.Intersect(image.Rect(0, 0, width, height))
}

func share(v float64) bool { return v >= 0 && v <= 1 }

// commaRemedy ends the message about a list that has twice the numbers it should
// have, as decimal commas make it.
func commaRemedy(numbers []float64, wanted int) string {
	if len(numbers) == 2*wanted {
		return ": write decimals with a point, not a comma"
	}
	return ""
}
