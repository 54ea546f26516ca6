package testline

import (
	"math"
	"math/rand/v2"
)

// kind is a sort of parts: how one is rendered, and how far its rim is from
// its middle in each direction, in pixels.
type kind struct {
	render func(r *rand.Rand) *sprite
	rim    func(angle float64) float64
}

// kinds are the sorts of parts that the line can carry.
var kinds = map[string]kind{
	"flange": {renderFlange, func(float64) float64 { return outerRadius }},
	"cap":    {renderCap, func(float64) float64 { return outerRadius }},
	"gear":   {renderGear, func(float64) float64 { return outerRadius }},
	"board":  {renderBoard, boardRim},
}

func blank() *sprite {
	return &sprite{color: make([]float32, 3*spriteSize*spriteSize), alpha: make([]float32, spriteSize*spriteSize)}
}

// shade calls paint for every pixel on the part with its place from the middle;
// mask returns how much of the pixel the part covers, in [0, 1].
func (s *sprite) shade(mask func(dx, dy, radius, angle float64) float64, paint func(dx, dy, radius, angle float64) (b, g, r float64)) {
	for y := range spriteSize {
		for x := range spriteSize {
			dx, dy := float64(x)-center+0.5, float64(y)-center+0.5
			radius := math.Hypot(dx, dy)
			if radius > center {
				continue
			}
			angle, i := math.Atan2(dy, dx), y*spriteSize+x
			if s.alpha[i] = float32(mask(dx, dy, radius, angle)); s.alpha[i] == 0 {
				continue
			}
			b, g, r := paint(dx, dy, radius, angle)
			s.color[3*i], s.color[3*i+1], s.color[3*i+2] = float32(b), float32(g), float32(r)
		}
	}
}

// renderCap shades a crown cap from above: 21 flutes as on every crown cap
// (DIN 6099), lacquer with a printed ring and star, one soft highlight.
func renderCap(r *rand.Rand) *sprite {
	const flutes = 21
	lacquers := [...][3]float64{{48, 52, 178}, {150, 92, 38}, {70, 128, 52}} // BGR: red, blue, green
	lacquer := lacquers[r.IntN(len(lacquers))]
	turn, lamp := r.Float64()*2*math.Pi, 0.7+0.08*r.NormFloat64()
	level := 1 + 0.03*r.NormFloat64()
	gx, gy := 95*math.Cos(lamp+math.Pi), 95*math.Sin(lamp+math.Pi)
	s := blank()
	s.shade(func(_, _, radius, angle float64) float64 {
		return edge(outerRadius - 9 + 9*math.Cos(flutes*(angle-turn)) - radius)
	}, func(dx, dy, radius, angle float64) (float64, float64, float64) {
		wave := math.Cos(flutes * (angle - turn))
		light := level * (0.97 + 0.10*math.Cos(angle-lamp-math.Pi)*radius/outerRadius)
		switch {
		case radius > 246: // the skirt: flutes catch the lamp
			light *= 0.66 + 0.24*wave + 0.22*math.Cos(angle-lamp-math.Pi)
		case radius > 228: // the shoulder
			light *= 0.9 + 0.25*math.Cos(angle-lamp-math.Pi)
		}
		gloss := 74 * math.Exp(-((dx-gx)*(dx-gx)+(dy-gy)*(dy-gy))/(2*58*58))
		ink := edge(6-math.Abs(radius-196)) + star(radius, angle-turn)
		grain := 2.2 * r.NormFloat64()
		tone := func(c float64) float64 { return (c+(236-c)*math.Min(ink, 1))*light + gloss + grain }
		return tone(lacquer[0]), tone(lacquer[1]), tone(lacquer[2])
	})
	return s
}

// star is the print in the middle of the cap: 1 on it, 0 beside it.
func star(radius, angle float64) float64 {
	const points, outer, inner = 5, 120.0, 52.0
	sector := 2 * math.Pi / points
	a := math.Mod(math.Mod(angle, sector)+sector, sector) / sector
	reach := inner + (outer-inner)*math.Abs(1-2*a)
	return edge(reach - radius)
}

// renderGear shades a spur gear of milled steel: 24 teeth, a web with six
// holes, a hub and a keyed bore.
func renderGear(r *rand.Rand) *sprite {
	const teeth, root, webOuter, webInner, bore = 24, 258.0, 216.0, 104.0, 54.0
	turn, lamp := r.Float64()*2*math.Pi, 0.7+0.08*r.NormFloat64()
	base, tint := 150+5*r.NormFloat64(), 1.5*r.NormFloat64()
	var hx, hy [6]float64
	for k := range hx {
		a := turn + float64(k)*math.Pi/3
		hx[k], hy[k] = 160*math.Cos(a), 160*math.Sin(a)
	}
	hole := func(dx, dy float64) float64 {
		nearest := math.Inf(1)
		for k := range hx {
			nearest = math.Min(nearest, math.Hypot(dx-hx[k], dy-hy[k]))
		}
		return nearest - 34
	}
	mill := make([]float64, spriteSize)
	for i := range mill {
		mill[i] = 4 * r.NormFloat64()
	}
	s := blank()
	s.shade(func(dx, dy, radius, angle float64) float64 {
		flank := math.Min(math.Max(math.Cos(teeth*(angle-turn))*2.2, -1), 1) // steep flanks, flat tops
		m := edge(root+(outerRadius-root)*(0.5+0.5*flank)-radius) * edge(radius-bore)
		along, across := dx*math.Cos(turn)+dy*math.Sin(turn), dy*math.Cos(turn)-dx*math.Sin(turn)
		if along > 0 && along < bore+18 && math.Abs(across) < 13 {
			m = 0 // the key's groove
		}
		return m * edge(hole(dx, dy))
	}, func(dx, dy, radius, angle float64) (float64, float64, float64) {
		v := base + mill[int(radius)] + 3*r.NormFloat64() + 34*math.Pow(math.Abs(math.Cos(angle-lamp)), 10)
		if radius < webOuter && radius > webInner {
			v -= 34 // the web lies deeper
		}
		v += bevel(math.Abs(radius-webOuter), 7) * 40 * math.Cos(angle-lamp)
		v -= bevel(math.Abs(radius-webInner), 7) * 40 * math.Cos(angle-lamp)
		v -= 36 * bevel(hole(dx, dy), 7)
		v -= 30 * bevel(radius-bore, 6)
		if radius > root {
			v -= 12
		}
		return v + 5 + tint, v + 1, v - 2 - tint
	})
	return s
}
