package prompts

import (
	"math"
	"testing"
)

// A picture's map reaches on the scale what the picture itself reaches, and no
// more where it does not FAIL.
func TestHeat_FollowsTheVerdict(t *testing.T) {
	b := &Bank{Set: &Set{Thresholds: Thresholds{Review: 0.4, Fail: 0.6}}, references: &References{center: 5, spread: 1}}
	usual, fail := b.HeatScale()
	if usual != 5 || math.Abs(fail-8) > 0.01 { // P is 0.6 three spreads above
		t.Fatalf("the scale is from %v to %v, want 5 to 8", usual, fail)
	}
	for name, c := range map[string]struct {
		raw  float64
		most float32
	}{"usual": {5, 0}, "better": {3, 0}, "review begins": {6, 1.0 / 3}, "fail": {8, 1}, "worse": {20, 1}} {
		t.Run(name, func(t *testing.T) {
			s := Scores{Raw: c.raw, Map: make([]float32, 400), MapGrid: [2]int{20, 20}}
			for i := range s.Map {
				s.Map[i] = float32(i) / 100 // its highest are 3.96 to 3.99
			}
			levels := b.Heat(&s, nil)
			highest := float32(0)
			for _, l := range levels {
				if !(l >= 0 && l <= 1) {
					t.Fatalf("level %v", l)
				}
				highest = max(highest, l)
			}
			if math.Abs(float64(highest-c.most)) > 0.01 {
				t.Errorf("the highest level is %v, want %v", highest, c.most)
			}
		})
	}
	if got := b.Heat(&Scores{Raw: 9}, nil); len(got) != 0 {
		t.Errorf("without a map: %v", got)
	}
}

// Thresholds and calibrations of any kind give a scale that rises, and the fail
// threshold lies at its end.
func TestHeatScale_EndsAtTheFailThreshold(t *testing.T) {
	for name, b := range map[string]*Bank{
		"text":            {Set: &Set{Thresholds: Thresholds{Review: 0.4, Fail: 0.6}}, bundle: BundleInfo{LogitScale: 20, PatchLogitScale: 10}},
		"calibrated":      {Set: &Set{Thresholds: Thresholds{Review: 0.2, Fail: 0.9}, Calibration: &Calibration{Slope: 3, Offset: -4}}, calibrated: true, references: &References{center: 1, spread: 1}},
		"below the usual": {Set: &Set{Thresholds: Thresholds{Review: 0.05, Fail: 0.1}}, references: &References{center: 5, spread: 1}},
		"never":           {Set: &Set{Thresholds: Thresholds{Review: 1, Fail: 1}}, references: &References{center: 5, spread: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			usual, fail := b.HeatScale()
			var p float64
			switch _, scale := b.scales(); {
			case b.calibrated:
				p = b.Set.Calibration.Probability(fail)
			case b.references != nil:
				p = b.references.probability(fail)
			default:
				p = logistic(fail * scale)
			}
			if !(usual < fail) || math.Abs(p-b.Set.Thresholds.Fail) > 0.001 {
				t.Errorf("from %v to %v, where P is %v", usual, fail, p)
			}
		})
	}
}
