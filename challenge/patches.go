package challenge

import (
	"image"
	"math"
)

// chip removes a piece. At the rim of the part the piece shows the background, elsewhere
// its surroundings.
func (c *canvas) chip(size float64) bool {
	x, y := c.place()
	fromX, fromY, ok := c.outsideOf(&x, &y, size)
	if !ok {
		angle := c.uniform(0, 2*math.Pi)
		fromX, fromY = x+size*1.3*math.Cos(angle), y+size*1.3*math.Sin(angle)
	}
	return c.blend(x, y, fromX, fromY, size, 0.3)
}

// outsideOf moves a place to the rim of the part and returns a place beyond it. It
// returns false if the rim is too far away or the part fills the view.
func (c *canvas) outsideOf(x, y *float64, size float64) (outX, outY float64, ok bool) {
	if c.on.whole {
		return 0, 0, false
	}
	angle := c.uniform(0, 2*math.Pi)
	sin, cos := math.Sincos(angle)
	for step := 0.0; step < float64(c.on.Extent()); step += float64(c.on.cell) / 2 {
		px, py := *x+step*cos, *y+step*sin
		if c.on.Contains(int(px), int(py)) {
			continue
		}
		*x, *y = px-0.25*size*cos, py-0.25*size*sin
		outX, outY = px+(0.8*size+2*float64(c.on.cell))*cos, py+(0.8*size+2*float64(c.on.cell))*sin
		return outX, outY, image.Pt(int(outX), int(outY)).In(c.on.view)
	}
	return 0, 0, false
}

// misplaced puts a piece of the part elsewhere on it.
func (c *canvas) misplaced(x, y, size float64) bool {
	bestX, bestY, best := 0.0, 0.0, -1.0
	for range 12 { // of some pieces, the one that differs most from its new place
		fromX, fromY := c.place()
		if math.Hypot(fromX-x, fromY-y) < size || !c.covered(fromX, fromY, size/3) {
			continue
		}
		if d := c.difference(x, y, fromX, fromY, size/2); d > best {
			bestX, bestY, best = fromX, fromY, d
		}
	}
	return best > 0 && c.blend(x, y, bestX, bestY, size, 0.12)
}

// covered reports whether the part is on most sides of a place.
func (c *canvas) covered(x, y, reach float64) bool {
	sides := 0
	for i := range 8 {
		sin, cos := math.Sincos(float64(i) * math.Pi / 4)
		if c.on.Contains(int(x+reach*cos), int(y+reach*sin)) {
			sides++
		}
	}
	return sides >= 5
}

// difference returns the mean difference of two places, in grey levels.
func (c *canvas) difference(x, y, fromX, fromY, reach float64) float64 {
	sum, n := 0.0, 0.0
	step := max(reach/6, 1)
	for dy := -reach; dy <= reach; dy += step {
		for dx := -reach; dx <= reach; dx += step {
			a, b := image.Pt(int(x+dx), int(y+dy)), image.Pt(int(fromX+dx), int(fromY+dy))
			if a.In(c.on.view) && b.In(c.on.view) {
				sum, n = sum+math.Abs(grey(c.good.at(a.X, a.Y))-grey(c.good.at(b.X, b.Y))), n+1
			}
		}
	}
	if n == 0 {
		return -1
	}
	return sum / n
}

// blend copies an irregular piece from one place to another. soft is the width of its
// soft rim as a share of its radius.
func (c *canvas) blend(x, y, fromX, fromY, size, soft float64) bool {
	radius := size / 2
	if !c.open(x, y, 1.2*radius+3) {
		return false
	}
	rim, shift := c.outline(radius, 0.15), image.Pt(int(fromX)-int(x), int(fromY)-int(y))
	c.each(x, y, func(px, py int, dx, dy float64, delta []float64) {
		from := image.Pt(px, py).Add(shift)
		if !from.In(c.on.view) || !c.good.inside(from.X, from.Y) {
			return
		}
		cover := edge((math.Hypot(dx, dy) - rim(math.Atan2(dy, dx))) / max(soft*radius, 0.8))
		source := c.good.at(from.X, from.Y)
		for i, v := range c.good.at(px, py) {
			delta[i] = cover * (float64(source[i]) - float64(v))
		}
	})
	return true
}
