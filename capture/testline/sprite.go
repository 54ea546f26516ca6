package testline

import (
	"image"
	"math"
	"math/rand/v2"
)

// The flange's measures in pixels.
const (
	spriteSize  = 640
	center      = spriteSize / 2
	outerRadius = 300.0
	hubRadius   = 135.0
	boreRadius  = 72.0
	boltCircle  = 215.0
	boltRadius  = 30.0
	bolts       = 6
)

// sprite is one part, seen from above: grey levels with a tint, and how much
// of the belt each pixel hides.
type sprite struct {
	truth Part
	color []float32 // [y, x, BGR], in [0, 255]
	alpha []float32 // [y, x], in [0, 1]
	pix   []byte    // color·alpha, rounded
	cover []byte    // 255·(1 − alpha): the belt's share
}

// newSprite renders a part with its defect.
func newSprite(o Options, index int) *sprite {
	k := kinds[o.Kind]
	s := k.render(random(o, index, 2))
	s.truth = Part{ID: partID(o, index), Defect: defectOf(o, index)}
	if s.truth.Defect != "" {
		d := damage{s: s, r: random(o, index, 3), rim: k.rim}
		d.apply(s.truth.Defect)
		s.truth.Box = d.box
	}
	s.bake()
	return s
}

// renderFlange shades a disc that was turned on a lathe: rings along the
// radius, and the two bright fans that turned metal shows under one lamp.
func renderFlange(r *rand.Rand) *sprite {
	s := blank()
	turn, lamp := r.Float64()*2*math.Pi, 0.7+0.08*r.NormFloat64()
	base, tint := 138+6*r.NormFloat64(), 1.5*r.NormFloat64()
	rings := make([]float64, spriteSize)
	var holes boltHoles
	for k := range holes {
		a := turn + float64(k)*2*math.Pi/bolts
		holes[k] = [2]float64{boltCircle * math.Cos(a), boltCircle * math.Sin(a)}
	}
	level := 0.0
	for i := range rings {
		level = 0.72*level + r.NormFloat64()
		rings[i] = 3.2 * level
	}
	for y := range spriteSize {
		for x := range spriteSize {
			dx, dy := float64(x)-center+0.5, float64(y)-center+0.5
			radius, angle := math.Hypot(dx, dy), math.Atan2(dy, dx)
			i := y*spriteSize + x
			s.alpha[i] = float32(flangeMask(dx, dy, radius, &holes))
			if s.alpha[i] == 0 {
				continue
			}
			fan := math.Pow(math.Abs(math.Cos(angle-lamp)), 14)
			v := base + rings[int(radius)] + 62*fan + 3*r.NormFloat64()
			v += bevel(outerRadius-radius, 9) * 38 * math.Cos(angle-lamp-math.Pi)
			v += bevel(math.Abs(radius-hubRadius), 5) * 34 * math.Cos(angle-lamp)
			v -= 30 * bevel(radius-boreRadius, 7)
			if radius < hubRadius {
				v += 14
			}
			v += boltShade(dx, dy, &holes, lamp)
			s.color[3*i], s.color[3*i+1], s.color[3*i+2] = float32(v+4+tint), float32(v), float32(v-3-tint)
		}
	}
	return s
}

// boltHoles are the middles of the holes, from the middle of the flange.
type boltHoles [bolts][2]float64

// flangeMask is 1 on metal, 0 beside it, with an edge of one pixel.
func flangeMask(dx, dy, radius float64, holes *boltHoles) float64 {
	mask := edge(outerRadius-radius) * edge(radius-boreRadius)
	for k := range holes {
		if mask == 0 {
			return 0
		}
		mask *= edge(math.Hypot(dx-holes[k][0], dy-holes[k][1]) - boltRadius)
	}
	return mask
}

// boltShade is the countersink around each bolt hole.
func boltShade(dx, dy float64, holes *boltHoles, lamp float64) float64 {
	for k := range holes {
		bx, by := dx-holes[k][0], dy-holes[k][1]
		if d := math.Hypot(bx, by) - boltRadius; d < 9 {
			return 34 * bevel(d, 8) * math.Cos(math.Atan2(by, bx)-lamp)
		}
	}
	return 0
}

func edge(d float64) float64 { return math.Min(math.Max(d+0.5, 0), 1) }

// bevel falls from 1 at an edge to 0 at the given width inside.
func bevel(d, width float64) float64 {
	if d < 0 || d > width {
		return 0
	}
	return 1 - d/width
}

// bake turns the rendering into bytes that are quick to put on the belt.
func (s *sprite) bake() {
	s.pix, s.cover = make([]byte, len(s.color)), make([]byte, len(s.alpha))
	for i, a := range s.alpha {
		s.cover[i] = byte(math.Round(float64(1-a) * 255))
		for c := range 3 {
			s.pix[3*i+c] = byte(math.Round(math.Min(math.Max(float64(s.color[3*i+c]*a), 0), 255)))
		}
	}
	s.color, s.alpha = nil, nil
}

// grow makes the box hold a circle.
func grow(box image.Rectangle, x, y, radius float64) image.Rectangle {
	circle := image.Rect(int(x-radius)-1, int(y-radius)-1, int(x+radius)+2, int(y+radius)+2)
	return box.Union(circle).Intersect(image.Rect(0, 0, spriteSize, spriteSize))
}
