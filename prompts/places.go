package prompts

import (
	"image"
	"math"
	"slices"

	"pristine/internal/place"
	"pristine/verdict"
)

// MaxPlaces is the largest number of Scores.Places.
const MaxPlaces = 8

// finer is the number of points along each side of a map's cell at which levels are
// interpolated before places are measured.
const finer = 4

// Place is an area where a picture differs from good ones.
type Place = place.Place

// placed is scratch memory for finding places.
type placed struct {
	levels []float32
	label  []int
	stack  []int
}

// leastLevel is the lowest level of a place, just above what is usual for good parts.
const leastLevel = 1e-6

// places finds the areas where the picture differs from good ones by the level of the
// review threshold, the worst first. Each place extends to half of its own peak, since a
// map fades around a defect. places finds nothing in a picture that passes, or if the
// map's area of the frame is unknown.
func (b *Bank) places(o *Observation, s *Scores) {
	s.Places, s.MorePlaces, s.Accepted = s.Places[:0], false, false
	if s.Defect < b.Set.Thresholds.Review || len(s.Map) == 0 || o.Area.Empty() {
		return
	}
	usual, fail := b.HeatScale()
	// A calibrated set may review usual levels of good parts: these are not places.
	review := max((b.rawAt(b.Set.Thresholds.Review)-usual)/(fail-usual), leastLevel)
	shift := s.Raw - float64(top(s.Map, &s.sorted))
	rows, columns := finer*s.MapGrid[0], finer*s.MapGrid[1]
	p := &s.placed
	p.levels = grow(p.levels, rows*columns)
	enlarge(p.levels, s.Map, s.MapGrid, func(v float32) float32 { return float32((float64(v) + shift - usual) / (fail - usual)) })
	p.label = slices.Grow(p.label[:0], len(p.levels))[:len(p.levels)]
	clear(p.label)
	for n := 1; ; n++ {
		peak := p.peak(float32(review))
		if peak < 0 {
			break
		}
		if n > MaxPlaces {
			s.MorePlaces = true
			break
		}
		highest := p.levels[peak]
		// The place includes all connected points above the review level. Its box
		// encloses those that reach half of the peak.
		p.flood(peak, columns, n, float32(review), max(float32(review), highest/2))
		found := p.measure(n, rows, columns, o.Area)
		cell := peak/columns/finer*s.MapGrid[1] + peak%columns/finer
		found.Class, found.Severity = b.classAt(o, s, cell)
		found.Level = min(float64(highest), 1)
		if mm := o.MMPerPixel; mm > 0 {
			found.LengthMM, found.AreaMM2 = found.LengthPX*mm, found.AreaPX*mm*mm
		}
		found.Accepted = b.Set.Accept[found.Class].accepts(&found)
		s.Places = append(s.Places, found)
	}
	s.Accepted = len(s.Places) > 0 && !s.MorePlaces && !slices.ContainsFunc(s.Places, func(p Place) bool { return !p.Accepted })
}

// enlarge interpolates the levels of a map's cells (bilinear).
func enlarge(out, cells []float32, grid [2]int, level func(float32) float32) {
	rows, columns := grid[0], grid[1]
	split := func(at, n int) (int, int, float32) {
		v := (float64(at)+0.5)/finer - 0.5
		low := int(math.Floor(v))
		return min(max(low, 0), n-1), min(low+1, n-1), float32(v - float64(low))
	}
	for y := range finer * rows {
		y0, y1, fy := split(y, rows)
		for x := range finer * columns {
			x0, x1, fx := split(x, columns)
			upper := cells[y0*columns+x0]*(1-fx) + cells[y0*columns+x1]*fx
			lower := cells[y1*columns+x0]*(1-fx) + cells[y1*columns+x1]*fx
			out[y*finer*columns+x] = level(upper*(1-fy) + lower*fy)
		}
	}
}

// peak returns the highest point that has no place yet and reaches the least level, or
// -1 if there is none.
func (p *placed) peak(least float32) int {
	best := -1
	for i, l := range p.levels {
		if p.label[i] == 0 && l >= least && (best < 0 || l > p.levels[best]) {
			best = i
		}
	}
	return best
}

// flood labels the connected points around a peak down to the least level: n if they
// reach the inner level, -n otherwise.
func (p *placed) flood(peak, columns, n int, least, inner float32) {
	mark := func(at int) {
		p.label[at] = -n
		if p.levels[at] >= inner {
			p.label[at] = n
		}
		p.stack = append(p.stack, at)
	}
	p.stack = p.stack[:0]
	mark(peak)
	for len(p.stack) > 0 {
		at := p.stack[len(p.stack)-1]
		p.stack = p.stack[:len(p.stack)-1]
		for dy := -1; dy <= 1; dy++ {
			for dx := -1; dx <= 1; dx++ {
				x, next := at%columns+dx, at+dy*columns+dx
				if x < 0 || x >= columns || next < 0 || next >= len(p.levels) || p.label[next] != 0 || p.levels[next] < least {
					continue
				}
				mark(next)
			}
		}
	}
}

// measure returns the box, length and area of the points with a label.
func (p *placed) measure(n, rows, columns int, area image.Rectangle) (found Place) {
	const directions = 16
	w, h := float64(area.Dx())/float64(columns), float64(area.Dy())/float64(rows)
	var low, high [directions]float64
	minX, minY, maxX, maxY, points := columns, rows, -1, -1, 0
	var sin, cos [directions]float64
	for i := range low {
		low[i], high[i] = math.Inf(1), math.Inf(-1)
		sin[i], cos[i] = math.Sincos(float64(i) * math.Pi / directions)
	}
	for at, label := range p.label {
		if label != n {
			continue
		}
		x, y := at%columns, at/columns
		minX, minY, maxX, maxY, points = min(minX, x), min(minY, y), max(maxX, x), max(maxY, y), points+1
		for i := range low {
			v := float64(x)*w*cos[i] + float64(y)*h*sin[i]
			low[i], high[i] = min(low[i], v), max(high[i], v)
		}
	}
	for i := range low {
		found.LengthPX = max(found.LengthPX, high[i]-low[i]+w*math.Abs(cos[i])+h*math.Abs(sin[i]))
	}
	// A place is at least as large as a cell of the map.
	found.LengthPX = max(found.LengthPX, finer*max(w, h))
	found.AreaPX = max(float64(points), finer*finer) * w * h
	found.AreaShare = found.AreaPX / float64(area.Dx()*area.Dy())
	at := func(v int, size float64) int { return int(math.Round(float64(v) * size)) }
	x, y := at(minX, w), at(minY, h)
	found.Box = place.Box{X: area.Min.X + x, Y: area.Min.Y + y, Width: at(maxX+1, w) - x, Height: at(maxY+1, h) - y}
	return found
}

// classAt returns the likeliest defect at a cell of the map.
func (b *Bank) classAt(o *Observation, s *Scores, cell int) (string, verdict.Severity) {
	at, scale := b.embeddingAt(o, s, cell)
	name, severity, best := "", verdict.Severity(""), math.Inf(-1)
	for i := range b.classes {
		if c := &b.classes[i]; c.kind == Defect {
			if v := c.logit(at, scale); v > best {
				name, severity, best = c.name, c.severity, v
			}
		}
	}
	return name, severity
}
