package study

import (
	"errors"
	"fmt"
	"math"
	"testing"
)

// The table of Cohen (1960), by Wikipedia's worked example: 20, 5, 10, 15 give 0.4.
func TestCohen_WorkedExample(t *testing.T) {
	if k := cohen([2][2]int{{20, 5}, {10, 15}}); math.Abs(k-0.4) > 1e-12 {
		t.Error(k)
	}
	if k := cohen([2][2]int{{7, 0}, {0, 0}}); k != 1 {
		t.Error(k)
	}
}

// Fleiss' kappa of two classes, by hand: 3 readings; P = (1 + 1/3 + 1/3 + 1)/4 = 2/3,
// p = 6/12, so (2/3 − 1/2)/(1/2) = 1/3.
func TestFleiss_ByHand(t *testing.T) {
	if k := fleiss([]int{0, 1, 2, 3}, 3); math.Abs(k-1.0/3) > 1e-12 {
		t.Error(k)
	}
}

func TestAnalyse_HoldsRatesAgainstLimits(t *testing.T) {
	var all []Reading
	for part := range 50 {
		bad := part < 20
		for trial := range 3 {
			all = append(all, Reading{fmt.Sprint(part), bad, "ann", trial, bad})
			all = append(all, Reading{fmt.Sprint(part), bad, "bob", trial, bad && (part != 0 || trial != 1) || part == 49}) // misses one of 60, three false alarms of 90
			all = append(all, Reading{fmt.Sprint(part), bad, "eve", trial, bad && part > 2})                                // misses nine of 60
		}
	}
	r, err := Analyse(all)
	if err != nil || r.Parts != 50 || r.Trials != 3 || len(r.Appraisers) != 3 {
		t.Fatalf("%+v, %v; want err == nil, r.Parts == 50, r.Trials == 3, len(r.Appraisers) == 3", r, err)
	}
	ann, bob, eve := r.Appraisers[0], r.Appraisers[1], r.Appraisers[2]
	if ann.Judgement != Acceptable || ann.Kappa != 1 || ann.Within != (Rate{50, 50}) || ann.Effectiveness != (Rate{50, 50}) {
		t.Errorf("%+v; want ann.Judgement == Acceptable, ann.Kappa == 1, ann.Within == (Rate{50, 50}), ann.Effectiveness == (Rate{50, 50})", ann)
	}
	if bob.Judgement != Acceptable || bob.Miss != (Rate{1, 60}) || bob.FalseAlarm != (Rate{3, 90}) || bob.Within != (Rate{49, 50}) || bob.Effectiveness != (Rate{48, 50}) {
		t.Errorf("%+v; want bob.Judgement == Acceptable, bob.Miss == (Rate{1, 60}), bob.FalseAlarm == (Rate{3, 90}), bob.Within == (Rate{49, 50}), bob.Effectiveness == (Rate{48, 50})", bob)
	}
	if eve.Judgement != Unacceptable || eve.Miss != (Rate{9, 60}) || eve.Within != (Rate{50, 50}) {
		t.Errorf("%+v; want eve.Judgement == Unacceptable, eve.Miss == (Rate{9, 60}), eve.Within == (Rate{50, 50})", eve)
	}
	if r.Between != (Rate{46, 50}) || r.Fleiss < 0.8 || r.Fleiss > 1 {
		t.Errorf("%+v %v; want r.Between == (Rate{46, 50}), r.Fleiss >= 0.8, r.Fleiss <= 1", r.Between, r.Fleiss)
	}
	for name, bad := range map[string][]Reading{"none": nil, "once": all[:1], "unequal": all[:len(all)-1]} {
		if _, err := Analyse(bad); !errors.Is(err, ErrStudy) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
