package testline

import (
	"image"
	"math"
	"math/rand/v2"
)

// damage puts one defect on a part.
type damage struct {
	s   *sprite
	r   *rand.Rand
	rim func(angle float64) float64
	box image.Rectangle
}

func (d *damage) apply(kind string) {
	switch kind {
	case "scratch":
		d.scratch()
	case "crack":
		d.crack()
	case "dent":
		d.dent()
	case "stain":
		d.stain()
	case "chip":
		d.bite(30 + 18*d.r.Float64())
	case "missing":
		d.bite(75 + 35*d.r.Float64())
	}
}

func (d *damage) uniform(low, high float64) float64 { return low + (high-low)*d.r.Float64() }

// onMetal returns a place on the face of the part, off its holes.
func (d *damage) onMetal() (x, y float64) {
	for {
		a, radius := d.uniform(0, 2*math.Pi), d.uniform(160, 265)
		x, y = center+radius*math.Cos(a), center+radius*math.Sin(a)
		if d.s.alpha[int(y)*spriteSize+int(x)] == 1 {
			return x, y
		}
	}
}

// paint calls shade for each pixel within a circle, with its distance from the
// middle; shade changes the colour by a factor and an offset.
func (d *damage) paint(x, y, radius float64, shade func(dx, dy float64) (factor, offset float64)) {
	d.box = grow(d.box, x, y, radius)
	for py := max(int(y-radius), 0); py <= min(int(y+radius)+1, spriteSize-1); py++ {
		for px := max(int(x-radius), 0); px <= min(int(x+radius)+1, spriteSize-1); px++ {
			dx, dy := float64(px)+0.5-x, float64(py)+0.5-y
			if dx*dx+dy*dy > radius*radius {
				continue
			}
			factor, offset := shade(dx, dy)
			for c := range 3 {
				v := &d.s.color[3*(py*spriteSize+px)+c]
				*v = *v*float32(factor) + float32(offset)
			}
		}
	}
}

// stroke draws a soft dot of a line. Dots follow one another closely, so each
// changes little.
func (d *damage) stroke(x, y, width, factor, offset float64) {
	d.paint(x, y, width, func(dx, dy float64) (float64, float64) {
		w := 1 - math.Hypot(dx, dy)/width
		return 1 + (factor-1)*w, offset * w
	})
}

// scratch is a furrow: dark on one side, bright on the other.
func (d *damage) scratch() {
	x, y := d.onMetal()
	a, bend, length := d.uniform(0, 2*math.Pi), d.uniform(-0.004, 0.004), d.uniform(110, 260)
	width := d.uniform(5, 7)
	x, y = x-length/2*math.Cos(a), y-length/2*math.Sin(a)
	for range int(length) {
		a += bend
		x, y = x+math.Cos(a), y+math.Sin(a)
		nx, ny := -math.Sin(a), math.Cos(a)
		d.stroke(x+nx*width*0.7, y+ny*width*0.7, width, 0.9, 0)
		d.stroke(x-nx*width*0.5, y-ny*width*0.5, width, 0.97, 14)
	}
}

// crack is a jagged dark line that branches.
func (d *damage) crack() {
	x, y := d.onMetal()
	d.branch(x, y, d.uniform(0, 2*math.Pi), d.uniform(110, 190), d.uniform(4.2, 5.6), 2)
}

func (d *damage) branch(x, y, a, length, width float64, depth int) {
	for walked := 0.0; walked < length; {
		turn, step := a+d.uniform(-0.8, 0.8), d.uniform(8, 20)
		for range int(step) {
			x, y = x+math.Cos(turn), y+math.Sin(turn)
			d.stroke(x, y, width*(1-0.5*walked/length), 0.5, 0)
		}
		walked += step
		if depth > 0 && d.r.Float64() < 0.25 {
			d.branch(x, y, a+d.uniform(0.5, 1.1)*float64(1-2*d.r.IntN(2)), length*0.45, width*0.7, depth-1)
		}
	}
}

// dent is a hollow: its near wall dark, its far wall bright.
func (d *damage) dent() {
	x, y := d.onMetal()
	size, a := d.uniform(15, 24), 0.7
	d.paint(x, y, 2.6*size, func(dx, dy float64) (float64, float64) {
		along := (dx*math.Cos(a) + dy*math.Sin(a)) / size
		bell := math.Exp(-(dx*dx + dy*dy) / (2 * size * size))
		fade := edge(2.6*size - math.Hypot(dx, dy) - 1)
		return 1 - 0.25*bell*fade, 120 * along * bell * fade
	})
}

// stain is a brown blot with a ragged edge.
func (d *damage) stain() {
	x, y := d.onMetal()
	size := d.uniform(32, 58)
	var waves [7]float64
	for i := range waves {
		waves[i] = d.uniform(0, 2*math.Pi)
	}
	d.box = grow(d.box, x, y, 1.5*size)
	for py := max(int(y-1.5*size), 0); py < min(int(y+1.5*size), spriteSize); py++ {
		for px := max(int(x-1.5*size), 0); px < min(int(x+1.5*size), spriteSize); px++ {
			dx, dy := float64(px)-x, float64(py)-y
			a, rim := math.Atan2(dy, dx), 1.0
			for i, w := range waves {
				rim += 0.22 / float64(i+1) * math.Cos(float64(i+1)*a+w)
			}
			depth := edge((rim*size - math.Hypot(dx, dy)) / 3)
			for c, pigment := range [3]float64{22, 48, 80} { // BGR of oil and rust
				v := &d.s.color[3*(py*spriteSize+px)+c]
				*v += float32(depth * 0.72 * (pigment - float64(*v)))
			}
		}
	}
}

// bite breaks a piece out of the rim; the fracture shines.
func (d *damage) bite(size float64) {
	a := d.uniform(0, 2*math.Pi)
	x, y := center+d.rim(a)*math.Cos(a), center+d.rim(a)*math.Sin(a)
	var waves [9]float64
	for i := range waves {
		waves[i] = d.uniform(0, 2*math.Pi)
	}
	reach := 1.7*size + 8
	d.box = grow(d.box, x, y, reach)
	for py := max(int(y-reach), 0); py < min(int(y+reach), spriteSize); py++ {
		for px := max(int(x-reach), 0); px < min(int(x+reach), spriteSize); px++ {
			dx, dy := float64(px)-x, float64(py)-y
			b, rim := math.Atan2(dy, dx), 1.0
			for i, w := range waves {
				rim += 0.2 / float64(i+1) * math.Cos(float64(i+1)*b+w)
			}
			gap := math.Hypot(dx, dy) - rim*size
			i := py*spriteSize + px
			d.s.alpha[i] *= float32(edge(gap))
			if gap >= 0 && gap < 7 {
				for c := range 3 {
					d.s.color[3*i+c] += float32(55*(1-gap/7)) + float32(12*d.r.NormFloat64())
				}
			}
		}
	}
}
