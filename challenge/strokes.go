package challenge

import "math"

// lineWidth returns the width of a line of a given length: a scratch of 20 pixels is one
// pixel wide, a long one not much wider.
func lineWidth(length float64) float64 { return max(0.8, math.Sqrt(length)/5) }

// scratch draws a furrow: a thin arc, often with a rim of the opposite tone.
func (c *canvas) scratch(x, y, length float64) bool {
	if !c.open(x, y, length/2+4) {
		return false
	}
	width, strength := lineWidth(length)*c.uniform(0.8, 1.3), c.sign(x, y)*c.uniform(26, 60)
	rim := 0.0
	if c.r.IntN(2) == 0 {
		rim = -c.uniform(0.4, 0.9)
	}
	angle, bend := c.uniform(0, 2*math.Pi), c.uniform(-0.6, 0.6)/length
	angle -= bend * length / 2
	px, py := x-length/2*math.Cos(angle+bend*length/2), y-length/2*math.Sin(angle+bend*length/2)
	var points [][2]float64
	for range int(2 * length) {
		points = append(points, [2]float64{px, py})
		px, py, angle = px+math.Cos(angle)/2, py+math.Sin(angle)/2, angle+bend/2
	}
	c.line(points, width, strength, rim)
	return true
}

// crack is a jagged dark line with branches.
func (c *canvas) crack(x, y, length float64) bool {
	if !c.open(x, y, length/2+4) {
		return false
	}
	strength := -c.uniform(45, 85)
	if c.level(x, y) < 60 { // a dark part shows the light of its broken edge
		strength = -strength * 0.7
	}
	angle := c.uniform(0, 2*math.Pi)
	c.walk(x-length/2*math.Cos(angle), y-length/2*math.Sin(angle), angle, length, lineWidth(length), strength, 2)
	return true
}

func (c *canvas) walk(x, y, angle, length, width, strength float64, branches int) {
	var points [][2]float64
	step, turn := max(length/9, 2), 0.0
	for i := range int(2 * length) {
		if i%max(int(2*step), 1) == 0 {
			turn = c.uniform(-0.7, 0.7)
			if branches > 0 && i > 0 && c.r.Float64() < 0.2 {
				branches--
				c.walk(x, y, angle+turn+c.uniform(0.5, 1)*float64(1-2*c.r.IntN(2)), length*0.3, width*0.8, strength, 0)
			}
		}
		points = append(points, [2]float64{x, y})
		x, y = x+math.Cos(angle+turn)/2, y+math.Sin(angle+turn)/2
	}
	c.line(points, width, strength, 0)
}

// line draws a soft line through points half a pixel apart, which fades at its ends. rim
// is the relative strength of a second line on its right.
func (c *canvas) line(points [][2]float64, width, strength, rim float64) {
	n, w := float64(len(points)), c.box.Dx()
	reach := int(3*width) + 2
	strongest := make(map[int]float64, len(points)*reach)
	for i, p := range points {
		t := (float64(i) + 0.5) / n
		fade := min(1, 6*min(t, 1-t)+0.3)
		next := points[min(i+1, len(points)-1)]
		if i == len(points)-1 {
			next = [2]float64{2*p[0] - points[max(i-1, 0)][0], 2*p[1] - points[max(i-1, 0)][1]}
		}
		nx, ny := -(next[1]-p[1])*2, (next[0]-p[0])*2
		for dy := -reach; dy <= reach; dy++ {
			for dx := -reach; dx <= reach; dx++ {
				px, py := int(p[0])+dx, int(p[1])+dy
				if px < c.box.Min.X || py < c.box.Min.Y || px >= c.box.Max.X || py >= c.box.Max.Y || !c.good.inside(px, py) {
					continue
				}
				ox, oy := float64(px)+0.5-p[0], float64(py)+0.5-p[1]
				d2 := ox*ox + oy*oy
				side := ox*nx + oy*ny
				v := math.Exp(-d2 / (width * width))
				if rim != 0 {
					v += rim * math.Exp(-((side-1.6*width)*(side-1.6*width)+max(d2-side*side, 0))/(width*width))
				}
				at := (py-c.box.Min.Y)*w + px - c.box.Min.X
				if v *= fade; math.Abs(v) > math.Abs(strongest[at]) {
					strongest[at] = v
				}
			}
		}
	}
	for at, v := range strongest {
		for i := range 3 {
			if d := v * strength; math.Abs(d) > math.Abs(c.delta[3*at+i]) {
				c.delta[3*at+i] = d
			}
		}
	}
}
