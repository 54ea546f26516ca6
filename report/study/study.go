package study

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// Reading is one judgement.
type Reading struct {
	Part      string
	Bad       bool // in truth
	Appraiser string
	Trial     int
	Says      bool // bad
}

// Verdict of AIAG's table.
const (
	Acceptable   = "acceptable"
	Marginal     = "marginal"
	Unacceptable = "unacceptable"
)

// Rate is k of n.
type Rate struct {
	K int `json:"k"`
	N int `json:"n"`
}

// Share is k/n, 0 where n is 0.
func (r Rate) Share() float64 {
	if r.N == 0 {
		return 0
	}
	return float64(r.K) / float64(r.N)
}

// Appraiser is what one of them did.
type Appraiser struct {
	Name          string  `json:"name"`
	Within        Rate    `json:"within"`        // parts that were judged alike in all trials
	Effectiveness Rate    `json:"effectiveness"` // parts that were judged right in all trials
	Miss          Rate    `json:"miss"`          // bad readings that said good
	FalseAlarm    Rate    `json:"false_alarm"`   // good readings that said bad
	Kappa         float64 `json:"kappa"`         // Cohen, against the truth
	Judgement     string  `json:"judgement"`     // the worst of the three rates
}

// Result is the whole study.
type Result struct {
	Parts      int         `json:"parts"`
	Trials     int         `json:"trials"`
	Appraisers []Appraiser `json:"appraisers"`
	Between    Rate        `json:"between"` // parts on which all readings agree
	Fleiss     float64     `json:"fleiss_kappa"`
}

// ErrStudy is returned within an error when readings are no study.
var ErrStudy = errors.New("not a study: each appraiser judges each part equally often, at least twice")

// Analyse makes the study of readings.
func Analyse(all []Reading) (*Result, error) {
	truth, by := map[string]bool{}, map[string]map[string][]bool{} // appraiser, part
	for _, r := range all {
		if known, ok := truth[r.Part]; ok && known != r.Bad {
			return nil, fmt.Errorf("part %q is good and bad in truth: %w", r.Part, ErrStudy)
		}
		truth[r.Part] = r.Bad
		if by[r.Appraiser] == nil {
			by[r.Appraiser] = map[string][]bool{}
		}
		by[r.Appraiser][r.Part] = append(by[r.Appraiser][r.Part], r.Says)
	}
	result := &Result{Parts: len(truth)}
	parts := slices.Sorted(maps.Keys(truth))
	for _, name := range slices.Sorted(maps.Keys(by)) {
		a := Appraiser{Name: name}
		var table [2][2]int // truth, says
		for _, part := range parts {
			said := by[name][part]
			if result.Trials == 0 {
				result.Trials = len(said)
			}
			if len(said) != result.Trials || len(said) < 2 {
				return nil, fmt.Errorf("%s judged part %q %d times, others %d: %w", name, part, len(said), result.Trials, ErrStudy)
			}
			same, right := true, true
			for _, bad := range said {
				same, right = same && bad == said[0], right && bad == truth[part]
				table[index(truth[part])][index(bad)]++
			}
			a.Within.add(same)
			a.Effectiveness.add(right)
		}
		a.Miss = Rate{table[1][0], table[1][0] + table[1][1]}
		a.FalseAlarm = Rate{table[0][1], table[0][0] + table[0][1]}
		a.Kappa = cohen(table)
		a.Judgement = a.judge()
		result.Appraisers = append(result.Appraisers, a)
	}
	if len(result.Appraisers) == 0 {
		return nil, fmt.Errorf("there are no readings: %w", ErrStudy)
	}
	counts := make([]int, 0, len(parts)) // readings that say bad, by part
	n := len(by) * result.Trials
	for _, part := range parts {
		bad := 0
		for name := range by {
			for _, says := range by[name][part] {
				bad += index(says)
			}
		}
		counts = append(counts, bad)
		result.Between.add(bad == 0 || bad == n)
	}
	result.Fleiss = fleiss(counts, n)
	return result, nil
}

func index(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (r *Rate) add(hit bool) { r.K, r.N = r.K+index(hit), r.N+1 }

// judge holds the rates against AIAG's table: effectiveness 90 and 80 %, misses 2 and
// 5 %, false alarms 5 and 10 %.
func (a *Appraiser) judge() string {
	grade := func(bad, good, marginal float64) int {
		switch {
		case bad <= good:
			return 0
		case bad <= marginal:
			return 1
		}
		return 2
	}
	worst := max(grade(1-a.Effectiveness.Share(), 0.10+1e-12, 0.20+1e-12), grade(a.Miss.Share(), 0.02, 0.05), grade(a.FalseAlarm.Share(), 0.05, 0.10))
	return []string{Acceptable, Marginal, Unacceptable}[worst]
}

// cohen is kappa of a table of two raters; 1 where both always say the same one thing.
func cohen(t [2][2]int) float64 {
	n := float64(t[0][0] + t[0][1] + t[1][0] + t[1][1])
	if n == 0 {
		return 0
	}
	observed := float64(t[0][0]+t[1][1]) / n
	chance := (float64(t[0][0]+t[0][1])*float64(t[0][0]+t[1][0]) + float64(t[1][0]+t[1][1])*float64(t[0][1]+t[1][1])) / (n * n)
	return kappa(observed, chance)
}

// fleiss is kappa of n readings a part in two classes.
func fleiss(bad []int, n int) float64 {
	if len(bad) == 0 || n < 2 {
		return 0
	}
	agree, share := 0.0, 0.0
	for _, k := range bad {
		b, g := float64(k), float64(n-k)
		agree += (b*(b-1) + g*(g-1)) / (float64(n) * float64(n-1))
		share += b / float64(n)
	}
	p := share / float64(len(bad))
	return kappa(agree/float64(len(bad)), p*p+(1-p)*(1-p))
}

func kappa(observed, chance float64) float64 {
	if cmp.Compare(chance, 1) >= 0 {
		return 1
	}
	return (observed - chance) / (1 - chance)
}
