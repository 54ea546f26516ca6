package health

import (
	"math"
	"math/cmplx"

	"gonum.org/v1/gonum/dsp/fourier"
)

// patchSize is the side in pixels of a correlated patch. Shifts of up to half of it
// are measured.
const patchSize = 32

// correlator measures the shift of a patch by phase correlation (Kuglin and Hines,
// 1975). It allocates only when it is made.
type correlator struct {
	fft      *fourier.CmplxFFT
	window   [patchSize]float64
	spectrum []complex128 // [patchSize, patchSize]
	column   [patchSize]complex128
	line     [patchSize]complex128
}

func newCorrelator() *correlator {
	c := &correlator{fft: fourier.NewCmplxFFT(patchSize), spectrum: make([]complex128, patchSize*patchSize)}
	for i := range c.window { // Hann: the patch's edges are no edges of the picture
		c.window[i] = math.Pow(math.Sin(math.Pi*(float64(i)+0.5)/patchSize), 2)
	}
	return c
}

// transform writes the spectrum of a patch. level returns grey levels row by row.
func (c *correlator) transform(out []complex128, level func(x, y int) float64) {
	mean := 0.0
	for y := range patchSize {
		for x := range patchSize {
			mean += level(x, y) / (patchSize * patchSize)
		}
	}
	for y := range patchSize {
		for x := range patchSize {
			out[y*patchSize+x] = complex((level(x, y)-mean)*c.window[x]*c.window[y], 0)
		}
	}
	c.each(out, c.fft.Coefficients)
}

// each applies a transform to all rows, then to all columns.
func (c *correlator) each(m []complex128, transform func(out, in []complex128) []complex128) {
	for y := range patchSize {
		row := m[y*patchSize:][:patchSize]
		copy(c.line[:], row)
		transform(row, c.line[:])
	}
	for x := range patchSize {
		for y := range patchSize {
			c.line[y] = m[y*patchSize+x]
		}
		transform(c.column[:], c.line[:])
		for y := range patchSize {
			m[y*patchSize+x] = c.column[y]
		}
	}
}

// whitening is the share of the strongest frequency below which a frequency is damped.
// Weak frequencies are noise.
const whitening = 0.02

// mostSteps is the largest number of steps of follow.
const mostSteps = 4

// follow returns the shift of a patch from a reference's spectrum, in pixels, and how
// well the two agree there: 1 if all of the patch moved equally. The window biases every
// measurement towards 0, so follow measures again at the shifted place. level returns
// grey levels up to reach pixels around the patch.
func (c *correlator) follow(reference []complex128, reach int, level func(x, y int) float64) (dx, dy, agreement float64) {
	x, y := 0, 0
	for range mostSteps {
		dx, dy, agreement = c.shift(reference, func(px, py int) float64 { return level(px+x, py+y) })
		stepX, stepY := int(math.Round(dx)), int(math.Round(dy))
		dx, dy = dx+float64(x), dy+float64(y)
		if x, y = x+stepX, y+stepY; stepX == 0 && stepY == 0 || max(x, -x, y, -y) > reach {
			break
		}
	}
	return dx, dy, agreement
}

// shift is one step of follow.
func (c *correlator) shift(reference []complex128, level func(x, y int) float64) (dx, dy, agreement float64) {
	s := c.spectrum
	c.transform(s, level)
	strongest := 0.0
	for i := range s {
		s[i] *= cmplx.Conj(reference[i])
		strongest = max(strongest, cmplx.Abs(s[i]))
	}
	if strongest == 0 {
		return 0, 0, 0
	}
	total := 0.0
	for i, v := range s {
		size := cmplx.Abs(v)
		s[i] = v / complex(size+whitening*strongest, 0)
		total += size / (size + whitening*strongest)
	}
	c.each(s, c.fft.Sequence)
	best := 0
	for i := range s {
		if real(s[i]) > real(s[best]) {
			best = i
		}
	}
	x, y := best%patchSize, best/patchSize
	return c.peak(x, y, 1, 0) + signed(x), c.peak(x, y, 0, 1) + signed(y), real(s[best]) / total
}

// peak refines a peak along an axis by a parabola through it and its neighbours.
func (c *correlator) peak(x, y, alongX, alongY int) float64 {
	at := func(step int) float64 {
		row, column := (y+step*alongY+patchSize)%patchSize, (x+step*alongX+patchSize)%patchSize
		return real(c.spectrum[row*patchSize+column])
	}
	before, middle, after := at(-1), at(0), at(1)
	if curve := before - 2*middle + after; curve < 0 {
		return (before - after) / (2 * curve)
	}
	return 0
}

// signed maps the upper half of the indices to negative shifts.
func signed(i int) float64 {
	if i >= patchSize/2 {
		return float64(i - patchSize)
	}
	return float64(i)
}
