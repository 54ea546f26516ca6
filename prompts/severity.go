package prompts

import (
	"math"

	"pristine/verdict"
)

// Most is the worst verdict that a defect of some severity can cause.
type Most string

// The values of a set's verdicts.
const (
	MostFail   Most = "fail"
	MostReview Most = "review" // a person decides, however high the score
)

// Verdicts says which verdict a defect of each severity can cause. By default every
// defect can fail a part.
type Verdicts struct {
	Minor    Most `yaml:"minor"`
	Major    Most `yaml:"major"`
	Critical Most `yaml:"critical"`
}

func allFail() Verdicts { return Verdicts{MostFail, MostFail, MostFail} }

// reviews reports whether a defect of this severity is for review only.
func (v Verdicts) reviews(s verdict.Severity) bool {
	switch s {
	case verdict.Minor:
		return v.Minor == MostReview
	case verdict.Critical:
		return v.Critical == MostReview
	default:
		return v.Major == MostReview
	}
}

// reviewed returns the sorted names of the defects that are for review only, or nil if
// every defect can fail a part.
func (s *Set) reviewed() []string {
	var names []string
	for _, name := range sortedNames(s.Defects) {
		if s.Verdicts.reviews(s.Defects[name].Severity) {
			names = append(names, name)
		}
	}
	return names
}

// Judged returns the values that a verdict depends on.
func (s *Scores) Judged() verdict.Score {
	return verdict.Score{Defect: s.Defect, ReviewShare: s.ReviewShare, Unknown: s.Unknown, Insensitive: s.Insensitive, Accepted: s.Accepted}
}

// reviewShare returns the share of the defects' softmax at one place that belongs to
// defects for review only. It divides P(defect) among the defects, so pristine states
// and lookalikes are not part of it.
func (b *Bank) reviewShare(place []float32, scale float64) float64 {
	if !b.reviews {
		return 0
	}
	highest := math.Inf(-1)
	for i := range b.classes {
		if c := &b.classes[i]; c.kind == Defect {
			highest = max(highest, c.logit(place, scale))
		}
	}
	var review, fail float64
	for i := range b.classes {
		c := &b.classes[i]
		switch p := math.Exp(c.logit(place, scale) - highest); {
		case c.kind != Defect:
		case c.review:
			review += p
		default:
			fail += p
		}
	}
	return review / (review + fail) // above 0: the highest has 1
}
