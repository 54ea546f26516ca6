package evaluate

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"testing"
)

// The golden file is written by training/golden/metrics.py with scikit-learn
// and SciPy.
func TestMetricsEqualScikitLearn(t *testing.T) {
	data, err := os.ReadFile("testdata/metrics.json")
	if err != nil {
		t.Fatal(err)
	}
	var golden struct {
		Rankings []struct {
			Good, Bad     []float64
			AUROC, AP, F1 float64
			ROC           [][2]float64
		}
		Sigmoids []struct {
			Good, Bad            []float64
			Slope, Offset, Error float64
		}
		Pixels []struct {
			Maps          [][]float32
			Rows, Columns int
			Masks         []string
			AUROC, PRO    float64
		}
		Intervals []struct {
			K, N                   int
			Wilson, ClopperPearson [2]float64
		}
	}
	if err := json.Unmarshal(data, &golden); err != nil {
		t.Fatal(err)
	}
	near := func(what string, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 1e-9 {
			t.Errorf("%s is %v, want %v", what, got, want)
		}
	}
	if len(golden.Rankings) < 10 || len(golden.Intervals) < 10 {
		t.Fatal("the golden file is short")
	}
	for _, g := range golden.Rankings {
		near("AUROC", AUROC(g.Good, g.Bad), g.AUROC)
		near("average precision", AveragePrecision(g.Good, g.Bad), g.AP)
		f1, threshold := F1Max(g.Good, g.Bad)
		near("F1-max", f1, g.F1)
		hits, falseAlarms := 0, 0
		for _, s := range g.Bad {
			if s >= threshold {
				hits++
			}
		}
		for _, s := range g.Good {
			if s >= threshold {
				falseAlarms++
			}
		}
		near("points of the ROC curve", float64(len(ROC(g.Good, g.Bad))), float64(len(g.ROC)))
		for i, p := range ROC(g.Good, g.Bad) {
			near("false alarms", p.FalseAlarms, g.ROC[i][0])
			near("hits", p.Hits, g.ROC[i][1])
		}
		near("F1 at its threshold", 2*float64(hits)/float64(hits+falseAlarms+len(g.Bad)), g.F1)
	}
	for _, g := range golden.Intervals {
		low, high := Wilson(g.K, g.N)
		near("Wilson, low", low, g.Wilson[0])
		near("Wilson, high", high, g.Wilson[1])
		low, high = ClopperPearson(g.K, g.N)
		near("Clopper–Pearson, low", low, g.ClopperPearson[0])
		near("Clopper–Pearson, high", high, g.ClopperPearson[1])
	}
	if len(golden.Sigmoids) < 6 || len(golden.Pixels) < 2 {
		t.Fatal("the golden file is short")
	}
	for _, g := range golden.Sigmoids {
		p, err := FitPlatt(g.Good, g.Bad)
		if err != nil {
			t.Fatal(err)
		}
		// Both stop near the optimum, scikit-learn at a gradient of 1e-6.
		for _, at := range []float64{0, 5, 10, 15} {
			want := Platt{g.Slope, g.Offset}.Probability(at)
			if math.Abs(p.Probability(at)-want) > 1e-4 {
				t.Errorf("P(defect) at %v is %v, want %v", at, p.Probability(at), want)
			}
		}
		exact := Platt{g.Slope, g.Offset}
		near("calibration error", CalibrationError(mapped(g.Good, exact), mapped(g.Bad, exact), 10), g.Error)
	}
	for _, g := range golden.Pixels {
		var p Pixels
		for i, m := range g.Maps {
			var mask []bool
			if i < len(g.Masks) {
				for _, c := range g.Masks[i] {
					mask = append(mask, c == '1')
				}
			}
			p.Add(m, g.Rows, g.Columns, mask)
		}
		auroc, pro := p.Figures()
		// The maps are float32 here, and rounded for PRO there.
		if math.Abs(auroc-g.AUROC) > 1e-5 || math.Abs(pro-g.PRO) > 1e-3 || p.Regions() != 3 {
			t.Errorf("pixels: AUROC %v, PRO %v of %d regions, want %v, %v of 3", auroc, pro, p.Regions(), g.AUROC, g.PRO)
		}
	}
}

func TestClopperPearsonCovers(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	const rate, parts, trials = 0.05, 80, 2000
	covered := 0
	for range trials {
		k := 0
		for range parts {
			if r.Float64() < rate {
				k++
			}
		}
		if low, high := ClopperPearson(k, parts); low <= rate && rate <= high {
			covered++
		}
	}
	if covered < trials*95/100 {
		t.Errorf("the interval holds the true rate in %d of %d trials, less than 95 %%", covered, trials)
	}
}

func TestPartsToClaim(t *testing.T) {
	if n := PartsToClaim(0.01); n != 299 {
		t.Errorf("1 %% takes %d good parts, want 299", n)
	}
}

func TestAUROCOfNothingIsNotANumber(t *testing.T) {
	if !math.IsNaN(AUROC(nil, []float64{1})) || !math.IsNaN(AveragePrecision([]float64{1}, nil)) {
		t.Error("a figure without data")
	}
}
