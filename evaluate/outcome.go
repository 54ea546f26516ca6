package evaluate

import (
	"math"
	"sort"

	"pristine/verdict"
)

// Outcome is a prompt set's result for one labelled picture.
type Outcome struct {
	File        string
	Bad         bool
	Defect      string  // the kind of defect, from the label; "" for a good part or if the label does not name it
	Raw         float64 // ranks pictures; higher is worse
	P           float64 // P(defect), in [0, 1]
	ReviewShare float64 // share of P, in [0, 1], of defects for review only
	Unknown     bool    // out of domain: REVIEW
	Accepted    bool    // within the size limits of the set: PASS
	Top         string  // the set's name of the defect; "" without one
	Cues        Cues
}

// Thresholds are values of P(defect): below Review a part passes, from Fail on it fails.
type Thresholds = verdict.Thresholds

// Verdict returns PASS, REVIEW or FAIL, and the reason for REVIEW.
func (o *Outcome) Verdict(t Thresholds) (verdict.Verdict, verdict.Reason) {
	return verdict.Decide(verdict.Score{Defect: o.P, ReviewShare: o.ReviewShare, Unknown: o.Unknown, Accepted: o.Accepted}, t)
}

// Share is K of N with its Clopper–Pearson 95 % interval.
type Share struct {
	K        int        `json:"k"`
	N        int        `json:"n"`
	Rate     float64    `json:"rate"`
	Interval [2]float64 `json:"interval_95"`
}

// NewShare computes the interval. For n = 0 the rate is 0 and the interval [0, 1].
func NewShare(k, n int) Share {
	s := Share{K: k, N: n, Rate: float64(k) / float64(max(n, 1))}
	s.Interval[0], s.Interval[1] = ClopperPearson(k, n)
	return s
}

// Counts are the numbers of pictures by verdict. Review includes Unknown and Severity.
type Counts struct {
	Pass     int `json:"pass"`
	Review   int `json:"review"`
	Fail     int `json:"fail"`
	Unknown  int `json:"unknown"`
	Severity int `json:"severity"` // would FAIL but for the severity of their defects
}

// DefectFigures are the figures of one kind of defect against all good parts.
type DefectFigures struct {
	Defect string  `json:"defect"`
	N      int     `json:"n"`
	AUROC  float64 `json:"auroc"`
	Escape Share   `json:"escape"`
	Named  int     `json:"named"` // pictures whose defect the set names as the label does
}

// Figures summarise a list of outcomes.
type Figures struct {
	AUROC            float64            `json:"auroc"`
	AveragePrecision float64            `json:"average_precision"`
	F1Max            float64            `json:"f1_max"`
	F1Threshold      float64            `json:"f1_threshold"` // of P(defect)
	Overkill         Share              `json:"overkill"`
	Escape           Share              `json:"escape"`
	Good             Counts             `json:"good"`
	Bad              Counts             `json:"bad"`
	Calibration      float64            `json:"calibration_error"` // ECE of P(defect), both labels weighted alike
	Defects          []DefectFigures    `json:"defects,omitempty"`
	Cues             map[string]float64 `json:"cues"` // AUROC of each trivial cue
}

// Measure computes the figures. Those that need both good and bad outcomes are NaN if
// either is missing.
func Measure(outcomes []Outcome, t Thresholds) Figures {
	good, bad := Raw(outcomes)
	f := Figures{AUROC: AUROC(good, bad), AveragePrecision: AveragePrecision(good, bad)}
	goodP, badP := probabilities(outcomes)
	f.F1Max, _ = F1Max(good, bad)
	_, f.F1Threshold = F1Max(goodP, badP)
	f.Calibration = CalibrationError(goodP, badP, calibrationBins)
	for i := range outcomes {
		o := &outcomes[i]
		c := &f.Good
		if o.Bad {
			c = &f.Bad
		}
		c.add(o, t)
	}
	f.Overkill = NewShare(f.Good.Fail, len(good))
	f.Escape = NewShare(f.Bad.Pass, len(bad))
	f.Defects = perDefect(outcomes, good, t)
	f.Cues = cueFigures(outcomes)
	return f
}

func (c *Counts) add(o *Outcome, t Thresholds) {
	v, reason := o.Verdict(t)
	switch v {
	case verdict.Pass:
		c.Pass++
	case verdict.Fail:
		c.Fail++
	default:
		c.Review++
	}
	switch reason {
	case verdict.ReasonUnknown:
		c.Unknown++
	case verdict.ReasonSeverity:
		c.Severity++
	}
}

// Raw splits the raw scores by label.
func Raw(outcomes []Outcome) (good, bad []float64) {
	return split(outcomes, func(o *Outcome) float64 { return o.Raw })
}

func probabilities(outcomes []Outcome) (good, bad []float64) {
	return split(outcomes, func(o *Outcome) float64 { return o.P })
}

func split(outcomes []Outcome, value func(*Outcome) float64) (good, bad []float64) {
	for i := range outcomes {
		if v := value(&outcomes[i]); outcomes[i].Bad {
			bad = append(bad, v)
		} else {
			good = append(good, v)
		}
	}
	return good, bad
}

// perDefect returns the figures of each labelled kind, the hardest to find first.
func perDefect(outcomes []Outcome, good []float64, t Thresholds) []DefectFigures {
	kinds := map[string][]*Outcome{}
	for i := range outcomes {
		if o := &outcomes[i]; o.Bad && o.Defect != "" {
			kinds[o.Defect] = append(kinds[o.Defect], o)
		}
	}
	all := make([]DefectFigures, 0, len(kinds))
	for kind, members := range kinds {
		f := DefectFigures{Defect: kind, N: len(members)}
		raw, passed := make([]float64, len(members)), 0
		for i, o := range members {
			raw[i] = o.Raw
			if v, _ := o.Verdict(t); v == verdict.Pass {
				passed++
			}
			if o.Top == kind {
				f.Named++
			}
		}
		f.AUROC, f.Escape = AUROC(good, raw), NewShare(passed, len(members))
		all = append(all, f)
	}
	sort.Slice(all, func(i, j int) bool {
		a, b := &all[i], &all[j]
		if a.AUROC != b.AUROC && !math.IsNaN(a.AUROC) {
			return a.AUROC < b.AUROC
		}
		return a.Defect < b.Defect
	})
	return all
}

// Worst returns the n outcomes on the wrong side, the most wrong first: bad parts with
// the lowest and good parts with the highest scores, by their rank among the parts of
// the other label.
func Worst(outcomes []Outcome, n int) []Outcome {
	good, bad := Raw(outcomes)
	sort.Float64s(good)
	sort.Float64s(bad)
	type wrong struct {
		outcome Outcome
		share   float64 // of the other label's parts that contradict this one
	}
	all := make([]wrong, 0, len(outcomes))
	for _, o := range outcomes {
		w := wrong{outcome: o}
		if o.Bad {
			above := len(good) - sort.SearchFloat64s(good, o.Raw)
			w.share = float64(above) / float64(max(len(good), 1))
		} else {
			notAbove := sort.Search(len(bad), func(i int) bool { return bad[i] > o.Raw })
			w.share = float64(notAbove) / float64(max(len(bad), 1))
		}
		all = append(all, w)
	}
	sort.SliceStable(all, func(i, j int) bool {
		if all[i].share != all[j].share {
			return all[i].share > all[j].share
		}
		return closeness(&all[i].outcome) > closeness(&all[j].outcome)
	})
	worst := make([]Outcome, 0, n)
	for _, w := range all[:min(n, len(all))] {
		worst = append(worst, w.outcome)
	}
	return worst
}

// closeness orders outcomes on the right side: those nearest to the other side come
// first.
func closeness(o *Outcome) float64 {
	if o.Bad {
		return 1 - o.P
	}
	return o.P
}
