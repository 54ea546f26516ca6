package prompts

import (
	"math"
	"testing"
)

// A new picture is compared with all references, each reference only with the
// others: the fewer there are, the more that matters.
func TestANewPictureIsExpectedNearerThanTheReferences(t *testing.T) {
	last := 0.0
	for _, good := range []int{1, 2, 4, 16, 100} {
		r := References{good: good, scales: []scale{{weight: 1, mean: 0.3, std: 0.1}}}
		nearer := r.unseen()
		if nearer <= last || nearer >= 1 {
			t.Errorf("%d references: %.3f after %.3f", good, nearer, last)
		}
		last = nearer
		// A score of 4 is a distance of 0.7.
		r.setGood([]float32{4, 4}, nearer)
		if d := 0.3 + r.center*0.1; math.Abs(d-0.7*nearer) > 1e-6 {
			t.Errorf("%d references: the center lies at a distance of %.4f, want %.4f", good, d, 0.7*nearer)
		}
	}
}

// A single reference that is turned comes nearer still to a new picture.
func TestASingleReferenceTurnedIsExpectedNearer(t *testing.T) {
	upright, turned := References{good: 1}, References{good: 1, turned: true}
	if turned.unseen() >= upright.unseen() {
		t.Errorf("turned %.3f, upright %.3f", turned.unseen(), upright.unseen())
	}
}

// What a few pictures show of the spread counts for little, what many show
// counts for nearly all.
func TestFewPicturesHaveTheUsualSpreadAndManyTheirOwn(t *testing.T) {
	alternating := func(n int, deviation float32) []float32 {
		scores := make([]float32, n)
		for i := range scores {
			scores[i] = 4 + deviation*float32(1-2*(i%2))
		}
		return scores
	}
	const usual = priorSpread * (4 + 3) // no distance at all is a score of −3
	for _, deviation := range []float32{0, 0.1, 3} {
		r := References{scales: []scale{{weight: 1, mean: 0.3, std: 0.1}}}
		last := math.Inf(1)
		for _, n := range []int{2, 4, 16, 64, 1024} {
			r.setGood(alternating(n, deviation), 1)
			own, off := float64(deviation), math.Abs(r.spread-float64(deviation))
			if off >= last {
				t.Errorf("deviation %v, %d pictures: spread %.3f, %.3f off, fewer were %.3f off", deviation, n, r.spread, off, last)
			}
			last = off
			if n == 1024 && off > 0.1*max(own, usual) {
				t.Errorf("deviation %v: %d pictures give %.3f", deviation, n, r.spread)
			}
		}
	}
	one := References{scales: []scale{{weight: 1, mean: 0.3, std: 0.1}}}
	if one.setGood([]float32{4}, 1); math.Abs(one.spread-usual*math.Sqrt2) > 1e-6 {
		t.Errorf("one picture gives a spread of %.4f, want %.4f", one.spread, usual*math.Sqrt2)
	}
}

// Nothing passes by a single reference: one picture does not show how good parts
// differ. With two, or where further good pictures set the scale, good ones pass.
func TestNothingPassesByASingleReference(t *testing.T) {
	good := look(at(0), at(0), at(0.05), at(0.1), at(0.15))
	defect := func(b *Bank) float64 {
		t.Helper()
		var s Scores
		if err := b.Score(good, &s); err != nil {
			t.Fatal(err)
		}
		return s.Defect
	}
	one, err := testBank(t).WithReferences(kept(t, 0))
	if err != nil {
		t.Fatal(err)
	}
	two, err := testBank(t).WithReferences(kept(t, 0, 0.02))
	if err != nil {
		t.Fatal(err)
	}
	known, err := one.CalibrateGood([]float32{1, 2, 3})
	if err != nil {
		t.Fatal(err)
	}
	if d := defect(one); d < one.Set.Thresholds.Review {
		t.Errorf("by a single reference P(defect) is %.3f", d)
	}
	for name, b := range map[string]*Bank{"two": two, "one with a known spread": known} {
		if d := defect(b); d >= b.Set.Thresholds.Review {
			t.Errorf("%s: P(defect) is %.3f", name, d)
		}
	}
}
