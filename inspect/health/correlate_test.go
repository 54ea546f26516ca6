package health

import (
	"math"
	"math/rand/v2"
	"testing"
)

// scene is smooth and without an end: any place of it can be looked at.
func scene(x, y float64) float64 {
	return 100 + 40*math.Sin(x/3+math.Sin(y/7)) + 30*math.Sin(y/4-x/11) + 20*math.Cos(x/2.3+y/5)
}

func TestCorrelator_Shifts(t *testing.T) {
	t.Parallel()
	c, reference := newCorrelator(), make([]complex128, patchSize*patchSize)
	c.transform(reference, func(x, y int) float64 { return scene(float64(x), float64(y)) })
	r := rand.New(rand.NewPCG(1, 2))
	for _, s := range [][2]float64{{0, 0}, {3, 0}, {0, -3}, {-2, 5}, {1.5, 0.5}, {-6, -4}} {
		dx, dy, agreement := c.follow(reference, 8, func(x, y int) float64 {
			return 0.7*scene(float64(x)-s[0], float64(y)-s[1]) + 3*r.NormFloat64() // another light, and noise
		})
		if math.Abs(dx-s[0]) > 0.5 || math.Abs(dy-s[1]) > 0.5 || agreement < leastAgreement {
			t.Errorf("a shift of %v is measured as %.2f, %.2f (agreement %.2f); want math.Abs(dx-s[0]) <= 0.5, math.Abs(dy-s[1]) <= 0.5, agreement >= leastAgreement", s, dx, dy, agreement)
		}
	}
	if _, _, agreement := c.follow(reference, 8, func(int, int) float64 { return 100 * r.Float64() }); agreement >= leastAgreement {
		t.Errorf("noise agrees by %.2f", agreement)
	}
	if dx, dy, agreement := c.follow(reference, 8, func(int, int) float64 { return 7 }); dx != 0 || dy != 0 || agreement != 0 {
		t.Errorf("a grey wall has shifted by %v, %v (%v); want dx == 0, dy == 0, agreement == 0", dx, dy, agreement)
	}
}
