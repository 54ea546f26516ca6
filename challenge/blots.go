package challenge

import "math"

// outline returns the radius of an irregular blot in each direction.
func (c *canvas) outline(radius, ragged float64) func(angle float64) float64 {
	var a, p [4]float64
	for i := range a {
		a[i], p[i] = c.uniform(-1, 1)*ragged/float64(i+1), c.uniform(0, 2*math.Pi)
	}
	return func(angle float64) float64 {
		r := 1.0
		for i := range a {
			r += a[i] * math.Cos(float64(i+2)*angle+p[i])
		}
		return radius * min(max(r, 0.3), 1.15)
	}
}

// stain changes the tone and keeps the texture.
func (c *canvas) stain(x, y, size float64) bool {
	radius := size / 2
	if !c.open(x, y, 1.2*radius+3) {
		return false
	}
	rim, sign := c.outline(radius, 0.22), c.sign(x, y)
	strength, soft := c.uniform(0.16, 0.4), max(radius*c.uniform(0.1, 0.35), 1)
	level := max(c.level(x, y), 70)
	tint := [3]float64{c.uniform(0.6, 1.2), c.uniform(0.8, 1.1), c.uniform(0.8, 1.3)}
	c.each(x, y, func(px, py int, dx, dy float64, delta []float64) {
		cover := edge((math.Hypot(dx, dy) - rim(math.Atan2(dy, dx))) / soft)
		for i, v := range c.good.at(px, py) {
			from := float64(v)
			if sign > 0 { // a bright stain adds light, a dark one takes a share
				from = level
			}
			delta[i] = sign * cover * strength * tint[i] * from
		}
	})
	return true
}

// dent shades the surface like a hollow under a lamp: equal parts are brighter and
// darker.
func (c *canvas) dent(x, y, size float64) bool {
	radius := size / 2
	if !c.open(x, y, 1.2*radius+3) {
		return false
	}
	angle, strength := c.uniform(0, 2*math.Pi), c.uniform(35, 65)
	sin, cos := math.Sincos(angle)
	s := radius / 2
	c.each(x, y, func(_, _ int, dx, dy float64, delta []float64) {
		distance := math.Hypot(dx, dy)
		along := (dx*cos + dy*sin) / s
		v := strength * along * math.Exp(0.5-(dx*dx+dy*dy)/(2*s*s)) * edge((distance-radius)/max(radius*0.1, 1))
		for i := range delta {
			delta[i] = v
		}
	})
	return true
}

// speck draws an opaque particle with its own colour, a highlight and a short shadow.
func (c *canvas) speck(x, y, size float64) bool {
	radius := size / 2
	if !c.open(x, y, 1.6*radius+3) {
		return false
	}
	rim, sign := c.outline(radius, 0.18), c.sign(x, y)
	base := c.level(x, y) + sign*c.uniform(35, 75)
	colour := [3]float64{base * c.uniform(0.75, 1.2), base * c.uniform(0.85, 1.1), base * c.uniform(0.75, 1.2)}
	angle := c.uniform(0, 2*math.Pi)
	sin, cos := math.Sincos(angle)
	c.each(x, y, func(px, py int, dx, dy float64, delta []float64) {
		cover := edge(math.Hypot(dx, dy) - rim(math.Atan2(dy, dx)))
		sx, sy := dx-0.3*radius*cos, dy-0.3*radius*sin
		shadow := 0.25 * edge((math.Hypot(sx, sy)-rim(math.Atan2(sy, sx)))/max(0.3*radius, 1)) * (1 - cover)
		light := 18 * (-dx*cos - dy*sin) / radius
		for i, v := range c.good.at(px, py) {
			delta[i] = cover*(colour[i]+light-float64(v)) - shadow*float64(v)
		}
	})
	return true
}
