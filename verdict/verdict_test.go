package verdict

import (
	"math"
	"testing"
)

func TestDecide(t *testing.T) {
	thresholds := Thresholds{Review: 0.4, Fail: 0.6}
	for name, tc := range map[string]struct {
		score  Score
		want   Verdict
		reason Reason
	}{
		"below review":                             {Score{Defect: 0.39}, Pass, ReasonNone},
		"at review":                                {Score{Defect: 0.4}, Review, ReasonBorderline},
		"below fail":                               {Score{Defect: 0.59}, Review, ReasonBorderline},
		"at fail":                                  {Score{Defect: 0.6}, Fail, ReasonNone},
		"unknown":                                  {Score{Defect: 0.1, Unknown: true}, Review, ReasonUnknown},
		"unknown and high":                         {Score{Defect: 1, Unknown: true}, Review, ReasonUnknown},
		"high, accepted":                           {Score{Defect: 1, Accepted: true}, Pass, ReasonAccepted},
		"below review, accepted":                   {Score{Defect: 0.1, Accepted: true}, Pass, ReasonNone},
		"accepted, insensitive":                    {Score{Defect: 1, Accepted: true, Insensitive: true}, Fail, ReasonNone},
		"accepted, unknown":                        {Score{Defect: 1, Accepted: true, Unknown: true}, Review, ReasonUnknown},
		"accepted, not a number":                   {Score{Defect: math.NaN(), Accepted: true}, Review, ReasonBorderline},
		"below review, insensitive":                {Score{Defect: 0.39, Insensitive: true}, Review, ReasonInsensitive},
		"at review, insensitive":                   {Score{Defect: 0.4, Insensitive: true}, Review, ReasonBorderline},
		"high, insensitive":                        {Score{Defect: 0.7, Insensitive: true}, Fail, ReasonNone},
		"unknown, insensitive":                     {Score{Defect: 0.1, Insensitive: true, Unknown: true}, Review, ReasonUnknown},
		"high, all of it for review":               {Score{Defect: 1, ReviewShare: 1}, Review, ReasonSeverity},
		"high, too little of it may fail":          {Score{Defect: 0.9, ReviewShare: 0.4}, Review, ReasonSeverity},
		"high, enough of it may fail":              {Score{Defect: 1, ReviewShare: 0.4}, Fail, ReasonNone},
		"borderline, all of it for review":         {Score{Defect: 0.5, ReviewShare: 1}, Review, ReasonBorderline},
		"good, all of it for review":               {Score{Defect: 0.1, ReviewShare: 1}, Pass, ReasonNone},
		"a score that is not a number":             {Score{Defect: math.NaN()}, Review, ReasonBorderline},
		"a share that is not a number, high score": {Score{Defect: 0.9, ReviewShare: math.NaN()}, Review, ReasonSeverity},
	} {
		t.Run(name, func(t *testing.T) {
			if got, reason := Decide(tc.score, thresholds); got != tc.want || reason != tc.reason {
				t.Errorf("got %s %q, want %s %q", got, reason, tc.want, tc.reason)
			}
		})
	}
}

// A share for review may turn FAIL into REVIEW and nothing else, whatever the
// score.
func FuzzDecide_ReviewShare(f *testing.F) {
	f.Add(0.9, 0.5, 0.4, 0.6)
	f.Add(0.0, 1.0, 0.01, 0.01)
	f.Fuzz(func(t *testing.T, defect, share, review, fail float64) {
		if !(share >= 0 && share <= 1 && defect >= 0 && defect <= 1 && review > 0 && review <= fail && fail <= 1) {
			return
		}
		thresholds := Thresholds{Review: review, Fail: fail}
		all, _ := Decide(Score{Defect: defect}, thresholds)
		some, reason := Decide(Score{Defect: defect, ReviewShare: share}, thresholds)
		if some != all && (all != Fail || some != Review || reason != ReasonSeverity) {
			t.Errorf("P %v with share %v for review is %s %q, and %s without", defect, share, some, reason, all)
		}
	})
}
