package polygon

import (
	"errors"
	"fmt"
)

// leastSide is the side of a picture on which a polygon must hold a pixel.
const leastSide = 64

// Check returns an error unless the points enclose an area and no sides cross: it would
// be unclear what lies inside. Sides may touch, so that a polygon can have a hole.
func Check(points []Point) error {
	if n := len(points); n < 3 {
		return fmt.Errorf("must have at least three points (got %d)", n)
	}
	for i := range points {
		for k := i + 1; k < len(points); k++ {
			a, b, c, d := points[i], points[(i+1)%len(points)], points[k], points[(k+1)%len(points)]
			if turn(a, b, c)*turn(a, b, d) < 0 && turn(c, d, a)*turn(c, d, b) < 0 {
				return fmt.Errorf("must list the corners in order around the area: the side from %v to %v crosses that from %v to %v", a, b, c, d)
			}
		}
	}
	if Draw(points, leastSide, leastSide).Pixels() == 0 {
		return fmt.Errorf("must have an area (got %v)", points)
	}
	return nil
}

// errCorners is returned by CheckCorners.
var errCorners = errors.New("must be four corners, clockwise from the upper left")

// CheckCorners returns an error unless the points are four corners of a convex area,
// clockwise. Any other order folds or mirrors the straightened picture.
func CheckCorners(points []Point) error {
	if n := len(points); n != 4 {
		return fmt.Errorf("%w (got %d)", errCorners, n)
	}
	for i := range points {
		if turn(points[i], points[(i+1)%4], points[(i+2)%4]) < leastTurn {
			return fmt.Errorf("%w (got %v)", errCorners, points)
		}
	}
	return nil
}

// leastTurn is the smallest turn at a corner: three corners must not lie on one line.
const leastTurn = 1e-6

// turn is positive if the path from a over b to c turns clockwise in a picture, whose y
// axis points down, and 0 if the points lie on one line.
func turn(a, b, c Point) float64 {
	return (b[0]-a[0])*(c[1]-b[1]) - (b[1]-a[1])*(c[0]-b[0])
}
