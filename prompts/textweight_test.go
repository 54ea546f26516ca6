package prompts

import (
	"errors"
	"testing"
)

// auto counts text only as far as it says worse of a picture than of every good
// reference: what the text says alike of all counts for nothing.
func TestTextAutoAddsOnlyWhatNoGoodReferenceHas(t *testing.T) {
	r := NewReferences("b", nil)
	for i, whole := range []float64{0, 0.2, 0.4, 0.6} { // the text differs among good ones
		tilt := 0.01 * float64(i)
		if err := r.Add(look(at(whole), at(tilt), at(0.05+tilt), at(0.1), at(0.15))); err != nil {
			t.Fatal(err)
		}
	}
	score := func(weight TextWeight, whole float64) (s Scores) {
		t.Helper()
		plain := testBank(t)
		plain.Set.TextWeight = weight
		b, err := plain.WithReferences(r)
		if err == nil {
			err = b.Score(look(at(whole), at(0), at(0.05), at(0.1), at(0.15)), &s)
		}
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	if s := score(TextAuto, 0.55); s.Raw != s.Reference {
		t.Errorf("no worse than a reference: text adds %v", s.Raw-s.Reference)
	}
	if s := score(TextAuto, 1.2); s.Raw <= s.Reference+0.1 {
		t.Errorf("worse than all references: text adds %v", s.Raw-s.Reference)
	}
	if low, high := score(1, 0), score(1, 0.55); low.Raw-low.Reference >= high.Raw-high.Reference {
		t.Error("a weight does not count every difference")
	}
}

// A calibration of a weight holds for no other use of the text.
func TestAnotherUseOfTextIsAnotherHash(t *testing.T) {
	bank := func(weight TextWeight) *Bank {
		t.Helper()
		plain := testBank(t)
		plain.Set.TextWeight = weight
		b, err := plain.WithReferences(kept(t, 0, 0.01, 0.02))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	hashes := map[string]TextWeight{}
	for _, weight := range []TextWeight{TextAuto, 0, 0.5, 1} {
		b := bank(weight)
		key := b.Set.Hash() + b.ReferencesHash()
		if other, twice := hashes[key]; twice {
			t.Errorf("%s and %s have the same hash", weight, other)
		}
		hashes[key] = weight
	}
}

func TestTextWeightsAreAutoOrNumbers(t *testing.T) {
	for text, want := range map[string]TextWeight{"auto": TextAuto, "0": 0, "0.25": 0.25, "10": 10} {
		var w TextWeight
		if err := w.UnmarshalText([]byte(text)); err != nil || w != want || w.String() != text {
			t.Errorf("%s: %v, %v", text, w, err)
		}
	}
	var all error
	for _, text := range []string{"-1", "11", "nan", "inf", "much", ""} {
		var w TextWeight
		if err := w.UnmarshalText([]byte(text)); err == nil {
			all = errors.Join(all, errors.New(text))
		}
	}
	if all != nil {
		t.Errorf("were taken: %v", all)
	}
}
