package evaluate

import (
	"math"
	"testing"
)

func TestLeastClaim(t *testing.T) {
	for n, want := range map[int]float64{59: 0.0495, 299: 0.00997, 1: 0.95} {
		if got := LeastClaim(n); math.Abs(got-want) > 0.0005 {
			t.Errorf("%d pictures: got %.4f, want %.4f", n, got, want)
		}
	}
}
