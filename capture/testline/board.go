package testline

import (
	"math"
	"math/rand/v2"
)

// The board's half width and half height in pixels.
const (
	boardX = 245.0
	boardY = 180.0
)

// boardRim is how far the board's edge is from its middle.
func boardRim(angle float64) float64 {
	return math.Min(boardX/math.Max(math.Abs(math.Cos(angle)), 1e-9), boardY/math.Max(math.Abs(math.Sin(angle)), 1e-9))
}

// device is a component on the board: a body with or without rows of pins.
type device struct {
	x, y, w, h float64 // middle and half sizes
	pins       int     // on each long side
	bgr        [3]float64
}

// devices are the same on every board; only print and solder vary.
var devices = []device{
	{-70, -20, 78, 78, 12, [3]float64{42, 40, 38}}, {120, -78, 62, 34, 8, [3]float64{46, 44, 42}}, {125, 62, 46, 30, 6, [3]float64{44, 42, 41}},
	{-190, 110, 26, 44, 0, [3]float64{196, 200, 204}}, {30, 132, 17, 9, 0, [3]float64{96, 138, 178}}, {72, 132, 17, 9, 0, [3]float64{96, 138, 178}},
	{-20, 132, 17, 9, 0, [3]float64{52, 50, 48}}, {-190, -120, 17, 9, 0, [3]float64{96, 138, 178}}, {-190, -88, 17, 9, 0, [3]float64{52, 50, 48}},
	{-130, -142, 17, 9, 0, [3]float64{96, 138, 178}}, {-82, -142, 17, 9, 0, [3]float64{52, 50, 48}}, {210, 8, 18, 52, 0, [3]float64{206, 208, 210}},
}

// renderBoard shades a populated circuit board: solder mask over traces, gold
// pads, chips with tinned pins, white print.
func renderBoard(r *rand.Rand) *sprite {
	tilt := 0.03 * r.NormFloat64()
	sin, cos := math.Sin(tilt), math.Cos(tilt)
	level := 1 + 0.025*r.NormFloat64()
	var solder [256]float64 // each pad shines differently
	for i := range solder {
		solder[i] = 14 * r.NormFloat64()
	}
	s := blank()
	s.shade(func(dx, dy, _, _ float64) float64 {
		u, v := dx*cos+dy*sin, dy*cos-dx*sin
		m := edge(boardX-math.Abs(u)) * edge(boardY-math.Abs(v))
		return m * edge(math.Hypot(math.Abs(u)-boardX+26, math.Abs(v)-boardY+26)-13)
	}, func(dx, dy, _, _ float64) (float64, float64, float64) {
		u, v := dx*cos+dy*sin, dy*cos-dx*sin
		b, g, red := boardColour(u, v, &solder)
		n, light := 2.4*r.NormFloat64(), level*(1-0.0002*(u+v))
		return b*light + n, g*light + n, red*light + n
	})
	return s
}

// boardColour returns the colour at a place on the board.
func boardColour(u, v float64, solder *[256]float64) (b, g, r float64) {
	b, g, r = 62, 96, 34 // solder mask
	if du := math.Mod(math.Abs(u)+0.35*math.Abs(v), 34); du < 6 && math.Abs(u) < boardX-14 {
		b, g, r = 74, 118, 46 // a trace under it
	}
	if ring := math.Hypot(math.Abs(u)-boardX+26, math.Abs(v)-boardY+26); ring < 23 {
		return 96, 176, 206 // gold around the hole
	}
	for k, d := range devices {
		x, y := u-d.x, v-d.y
		ax, ay := math.Abs(x), math.Abs(y)
		switch {
		case ax < d.w && ay < d.h:
			return body(d, x, y)
		case d.pins > 0 && ax < d.w && ay < d.h+16:
			at := (x + d.w) / (2 * d.w) * float64(d.pins)
			if part := at - math.Floor(at); part > 0.25 && part < 0.75 {
				shine := 168 + solder[(k*31+int(at)*2+int(math.Copysign(0.5, y)+0.5))%len(solder)]
				return shine + 6, shine, shine - 6
			}
		case d.pins == 0 && ax < d.w+9 && ay < d.h:
			shine := 176 + solder[(k*31+int(math.Copysign(0.5, x)+0.5))%len(solder)]
			return shine + 4, shine, shine - 8
		case ax < d.w+22 && ay < d.h+22 && (ax > d.w+19 || ay > d.h+19):
			return 214, 220, 216 // print
		}
	}
	return b, g, r
}

// body is a component from above, with a moulded edge and pin 1's dot.
func body(d device, x, y float64) (b, g, r float64) {
	lift := 0.0
	switch {
	case d.w-math.Abs(x) < 4 || d.h-math.Abs(y) < 4:
		lift = 16 * math.Copysign(1, -x-y)
	case d.pins > 0 && math.Hypot(x+d.w-16, y+d.h-16) < 7:
		lift = 26
	case d.pins > 0 && math.Abs(y) < 5 && math.Abs(math.Mod(math.Abs(x), 18)-9) < 6 && math.Abs(x) < d.w*0.7:
		lift = 54 // the maker's marking
	}
	return d.bgr[0] + lift, d.bgr[1] + lift, d.bgr[2] + lift
}
