package evaluate

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

func outcomes() []Outcome {
	return []Outcome{
		{File: "g1", Raw: 1, P: 0.1, Cues: Cues{Brightness: 10}},
		{File: "g2", Raw: 2, P: 0.5, Cues: Cues{Brightness: 11}},
		{File: "g3", Raw: 8, P: 0.9, Cues: Cues{Brightness: 12}},
		{File: "g4", Raw: 9, P: 0.95, Unknown: true, Cues: Cues{Brightness: 13}},
		{File: "b1", Raw: 7, P: 0.8, Bad: true, Defect: "crack", Top: "crack", Cues: Cues{Brightness: 5}},
		{File: "b2", Raw: 1.5, P: 0.2, Bad: true, Defect: "stain", Top: "crack", Cues: Cues{Brightness: 6}},
		{File: "b3", Raw: 1.2, P: 0.2, Bad: true, Unknown: true, Cues: Cues{Brightness: 7}},
	}
}

// A part that is unknown is under REVIEW and is neither overkill nor escape.
func TestFiguresCountEveryPicture(t *testing.T) {
	f := Measure(outcomes(), Thresholds{Review: 0.4, Fail: 0.6})
	if f.Good != (Counts{Pass: 1, Review: 2, Fail: 1, Unknown: 1}) || f.Bad != (Counts{Pass: 1, Review: 1, Fail: 1, Unknown: 1}) {
		t.Errorf("good %+v, bad %+v", f.Good, f.Bad)
	}
	if f.Overkill.K != 1 || f.Overkill.N != 4 || f.Escape.K != 1 || f.Escape.N != 3 {
		t.Errorf("overkill %+v, escape %+v; want f.Overkill.K == 1, f.Overkill.N == 4, f.Escape.K == 1, f.Escape.N == 3", f.Overkill, f.Escape)
	}
	if len(f.Defects) != 2 || f.Defects[0].Defect != "stain" || f.Defects[0].AUROC != 0.25 || f.Defects[0].Escape.K != 1 || f.Defects[1].Named != 1 {
		t.Errorf(`%+v; want len(f.Defects) == 2, f.Defects[0].Defect == "stain", f.Defects[0].AUROC == 0.25, f.Defects[0].Escape.K == 1, f.Defects[1].Named == 1`, f.Defects)
	}
	// The bad ones are all darker: a cue that ranks perfectly.
	if f.Cues["brightness"] != 1 || f.Cues["contrast"] != 0.5 {
		t.Errorf("%+v", f.Cues)
	}
}

// A defect for review only is REVIEW, not FAIL, whatever its score: no overkill
// and no escape.
func TestMeasure_Severity(t *testing.T) {
	all := outcomes()
	all[2].ReviewShare, all[4].ReviewShare, all[5].ReviewShare = 1, 0.5, 1 // g3, b1 and b2
	f := Measure(all, Thresholds{Review: 0.4, Fail: 0.6})
	if want := (Counts{Pass: 1, Review: 3, Unknown: 1, Severity: 1}); f.Good != want || f.Overkill.K != 0 {
		t.Errorf("good: got %+v, overkill %d, want %+v, 0", f.Good, f.Overkill.K, want)
	}
	if want := (Counts{Pass: 1, Review: 2, Unknown: 1, Severity: 1}); f.Bad != want || f.Escape.K != 1 {
		t.Errorf("bad: got %+v, escape %d, want %+v, 1", f.Bad, f.Escape.K, want)
	}
}

func TestTheMostWrongComeFirst(t *testing.T) {
	worst := Worst(outcomes(), 3)
	if len(worst) != 3 || worst[0].File != "g4" || worst[1].File != "g3" || worst[2].File != "b2" {
		t.Errorf(`%+v; want len(worst) == 3, worst[0].File == "g4", worst[1].File == "g3", worst[2].File == "b2"`, worst)
	}
	if all := Worst(outcomes(), 100); len(all) != 7 {
		t.Errorf("%d of 7", len(all))
	}
}

func TestCuesAreWhatTheySay(t *testing.T) {
	var pix []byte // columns of 0 and 200
	for range 4 {
		pix = append(pix, 0, 0, 0, 200, 200, 200)
	}
	c := NewCues(pix, 2, 4)
	if math.Abs(c.Brightness-100) > 1e-9 || math.Abs(c.Contrast-100) > 1e-9 || math.Abs(c.Gradient-80) > 1e-9 {
		t.Errorf("%+v: want brightness 100, contrast 100, gradient 4·200/10", c)
	}
}

func TestComparisonsArePaired(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	var a, same, better []Outcome
	for i := range 120 {
		o := Outcome{File: fmt.Sprint(i), Bad: i%2 == 0, Raw: r.NormFloat64()}
		if o.Bad {
			o.Raw++
		}
		a, same = append(a, o), append(same, o)
		if o.Bad {
			o.Raw++
		}
		better = append(better, o)
	}
	d, err := Compare(a, same, 500, 1)
	if err != nil || d.BMinusA != 0 || d.Interval != [2]float64{} || d.Decided() {
		t.Errorf("a set compared with itself: %+v, %v; want err == nil, d.BMinusA == 0, d.Interval == [2]float64{}, not d.Decided()", d, err)
	}
	d, err = Compare(a, better, 500, 1)
	if err != nil || !d.Decided() || d.BMinusA < d.Interval[0] || d.BMinusA > d.Interval[1] {
		t.Errorf("a better set: %+v, %v; want err == nil, d.Decided(), d.BMinusA >= d.Interval[0], d.BMinusA <= d.Interval[1]", d, err)
	}
	if again, _ := Compare(a, better, 500, 1); again != d {
		t.Error("the same seed gives other numbers")
	}
	if _, err := Compare(a, better[1:], 500, 1); err == nil {
		t.Error("other pictures were compared")
	}
	better[3].File = "another"
	if _, err := Compare(a, better, 500, 1); err == nil {
		t.Error("other pictures were compared")
	}
}
