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
