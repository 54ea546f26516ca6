package prompts

import "testing"

// With references a picture of something else scores Unknown; a local defect,
// however bad, does not.
func TestSomethingElseIsUnknownAndABadDefectIsNot(t *testing.T) {
	for _, pictures := range [][]float64{{0}, {0, 0.01, 0.02}} {
		b, err := testBank(t).WithReferences(kept(t, pictures...))
		if err != nil {
			t.Fatal(err)
		}
		for name, c := range map[string]struct {
			seen    *Observation
			unknown bool
		}{
			"good":           {look(at(0), at(0.005), at(0.055), at(0.1), at(0.15)), false},
			"one patch bad":  {look(at(0), at(0), at(0.05), at(0.1), at(1.5)), false},
			"something else": {look(at(1.5), at(1.4), at(1.5), at(1.6), at(1.45)), true},
		} {
			var s Scores
			if err := b.Score(c.seen, &s); err != nil {
				t.Fatal(err)
			}
			if s.Unknown != c.unknown {
				t.Errorf("%d references, %s: unknown is %v", len(pictures), name, s.Unknown)
			}
			if n := testing.AllocsPerRun(20, func() { _ = b.Score(c.seen, &s) }); n > 0 {
				t.Errorf("%s: %v allocations a frame", name, n)
			}
		}
	}
}

// A picture that lacks most of what a single reference shows scores Unknown,
// though each of its patches is like some patch there; a local defect does not.
func TestWhatLacksMostOfASingleReferenceIsUnknown(t *testing.T) {
	r := NewReferences("b", nil)
	if err := r.Add(look(at(0), at(0), at(1), at(0.02), at(1.03))); err != nil {
		t.Fatal(err)
	}
	b, err := testBank(t).WithReferences(r)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		seen    *Observation
		unknown bool
	}{
		"good":          {look(at(0), at(0.01), at(1.01), at(0), at(1)), false},
		"one patch bad": {look(at(0), at(0), at(1), at(0.02), at(1.5)), false},
		"empty":         {look(at(0), at(0), at(0.01), at(0), at(0.01)), true},
	} {
		var s Scores
		if err := b.Score(c.seen, &s); err != nil {
			t.Fatal(err)
		}
		if s.Unknown != c.unknown {
			t.Errorf("%s: unknown is %v", name, s.Unknown)
		}
		if n := testing.AllocsPerRun(20, func() { _ = b.Score(c.seen, &s) }); n > 0 {
			t.Errorf("%s: %v allocations a frame", name, n)
		}
	}
}
