package challenge

import (
	"image"
	"math"
	"math/rand/v2"
)

// tries is the number of places that are tried until a defect is visible.
const tries = 24

// A defect is visible if the RMS change of the pixels that it changes by at least one
// grey level is at least visible, and more than the part's texture hides there.
const (
	visible   = 9.0
	inTexture = 0.35
)

// Planted is a picture with a defect.
type Planted struct {
	Picture *Picture
	Kind    Kind
	Size    int             // pixels
	Box     image.Rectangle // of all pixels that changed
}

// canvas is a picture that a defect is painted into, in floating point.
type canvas struct {
	good  *Picture
	on    *Area
	r     *rand.Rand
	box   image.Rectangle
	delta []float64 // BGR, of the box: what is added
}

// Plant returns a picture with one defect of a size in pixels on the part. It returns
// false if none can be planted visibly: the part is smaller than the defect, or of a
// single tone.
func Plant(good *Picture, on *Area, k Kind, size int, seed uint64) (*Planted, bool) {
	if size < 2 || len(on.cells) == 0 {
		return nil, false
	}
	r := rand.New(rand.NewPCG(seed, uint64(size)))
	for range tries {
		c := &canvas{good: good, on: on, r: r}
		if !c.draw(k, float64(size)) {
			continue
		}
		if p, ok := c.apply(k, size); ok {
			return p, true
		}
	}
	return nil, false
}

func (c *canvas) draw(k Kind, size float64) bool {
	x, y := c.place()
	switch k {
	case Scratch:
		return c.scratch(x, y, size)
	case Crack:
		return c.crack(x, y, size)
	case Stain:
		return c.stain(x, y, size)
	case Dent:
		return c.dent(x, y, size)
	case Chip:
		return c.chip(size)
	case Speck:
		return c.speck(x, y, size)
	case Misplaced:
		return c.misplaced(x, y, size)
	}
	return false
}

// place returns a place on the part.
func (c *canvas) place() (x, y float64) {
	r := c.on.rect(c.on.cells[c.r.IntN(len(c.on.cells))])
	return float64(r.Min.X) + c.r.Float64()*float64(r.Dx()), float64(r.Min.Y) + c.r.Float64()*float64(r.Dy())
}

func (c *canvas) uniform(low, high float64) float64 { return low + (high-low)*c.r.Float64() }

// sign returns 1 for a brighter defect at a place and -1 for a darker one. Nearly black
// or white places allow only one.
func (c *canvas) sign(x, y float64) float64 {
	switch g := c.level(x, y); {
	case g > 200:
		return -1
	case g < 45:
		return 1
	}
	return float64(1 - 2*c.r.IntN(2))
}

// level returns the mean grey level around a place.
func (c *canvas) level(x, y float64) float64 {
	sum, n := 0.0, 0.0
	for dy := -3; dy <= 3; dy++ {
		for dx := -3; dx <= 3; dx++ {
			if p := image.Pt(int(x)+dx, int(y)+dy); p.In(c.on.view) {
				sum, n = sum+grey(c.good.at(p.X, p.Y)), n+1
			}
		}
	}
	return sum / max(n, 1)
}

// open starts a defect within a box around a place.
func (c *canvas) open(x, y, reach float64) bool {
	c.box = image.Rect(int(x-reach)-1, int(y-reach)-1, int(x+reach)+2, int(y+reach)+2).Intersect(c.on.view)
	c.delta = make([]float64, 3*c.box.Dx()*c.box.Dy())
	return !c.box.Empty()
}

// each calls f for every pixel of the box that may change, with its offset from a place
// and its element of delta.
func (c *canvas) each(x, y float64, f func(px, py int, dx, dy float64, delta []float64)) {
	for py := c.box.Min.Y; py < c.box.Max.Y; py++ {
		for px := c.box.Min.X; px < c.box.Max.X; px++ {
			if c.good.inside(px, py) {
				at := 3 * ((py-c.box.Min.Y)*c.box.Dx() + px - c.box.Min.X)
				f(px, py, float64(px)+0.5-x, float64(py)+0.5-y, c.delta[at:at+3])
			}
		}
	}
}

// apply adds the defect to a copy of the picture if it is visible.
func (c *canvas) apply(k Kind, size int) (*Planted, bool) {
	w := c.box.Dx()
	painted := make([]byte, len(c.delta))
	var changed image.Rectangle
	var n, onPart, squares, levels, squared float64
	for y := c.box.Min.Y; y < c.box.Max.Y; y++ {
		for x := c.box.Min.X; x < c.box.Max.X; x++ {
			at := 3 * ((y-c.box.Min.Y)*w + x - c.box.Min.X)
			old, now := c.good.at(x, y), painted[at:at+3]
			for i := range 3 {
				now[i] = clamp(float64(old[i]) + c.delta[at+i])
			}
			if [3]byte(old) == [3]byte(now) {
				continue
			}
			changed = changed.Union(image.Rect(x, y, x+1, y+1))
			if by := grey(now) - grey(old); math.Abs(by) >= 1 {
				g := grey(old)
				n, squares, levels, squared = n+1, squares+by*by, levels+g, squared+g*g
				if c.on.Contains(x, y) {
					onPart++
				}
			}
		}
	}
	if n < 3 || 2*onPart < n {
		return nil, false
	}
	texture := math.Sqrt(max(squared/n-levels*levels/n/n, 0))
	if math.Sqrt(squares/n) < max(visible, inTexture*texture) {
		return nil, false
	}
	out := c.good.copied()
	for y := c.box.Min.Y; y < c.box.Max.Y; y++ {
		copy(out.Pix[3*(y*out.Width+c.box.Min.X):], painted[3*(y-c.box.Min.Y)*w:][:3*w])
	}
	return &Planted{Picture: out, Kind: k, Size: size, Box: changed}, true
}

// edge falls from 1 to 0 around 0, over a width of two, for a soft rim.
func edge(beyond float64) float64 {
	t := min(max((1-beyond)/2, 0), 1)
	return t * t * (3 - 2*t)
}
