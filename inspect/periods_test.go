package inspect

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"pristine/prompts"
)

// Of a run of results that are no part's, the first of each reason passes, with a
// picture only the very first; PASS, FAIL and parts pass as they are.
func TestPeriods_PassFirstsAndCountTheRest(t *testing.T) {
	var passed []string
	var reports []Period
	shown := 0
	p := NewPeriods(sinkFunc(func(r *Result) {
		passed = append(passed, fmt.Sprintf("%s %s %v", r.Verdict, r.Reason, !r.NoPicture))
	}), time.Minute, func(*Result) { shown++ }, func(r Period) { reports = append(reports, r) })
	now := time.Unix(1000, 0)
	publish := func(after time.Duration, part string, v Verdict, why Reason) {
		now = now.Add(after)
		if err := p.Publish(context.Background(), &Result{Part: part, Verdict: v, Reason: why, Finished: now}); err != nil {
			t.Fatal(err)
		}
	}
	publish(0, "", Pass, "")
	for range 3 {
		publish(time.Second, "", Invalid, ReasonBlurred)
	}
	publish(time.Second, "", Pass, "")                 // a flicker ends no period
	publish(time.Second/2, "", Invalid, ReasonBlurred) // counted
	publish(time.Second, "", Invalid, ReasonLight)     // another reason
	publish(0, "p-1", Invalid, ReasonBlurred)          // a part has its own
	publish(0, "p-2", Invalid, ReasonBlurred)
	publish(time.Second, "", Fail, "")
	publish(time.Second, "", Fail, "") // two seconds after the last INVALID one: it has ended
	publish(time.Second, "", Review, ReasonUnknown)
	publish(time.Second, "", Review, ReasonUnknown)
	p.End()
	want := []string{
		"PASS  true", "INVALID blurred true", "PASS  true", "INVALID light false", "INVALID blurred true", "INVALID blurred true",
		"FAIL  true", "FAIL  true", "REVIEW unknown true",
	}
	if !slices.Equal(passed, want) {
		t.Errorf("passed:\n got %q\nwant %q", passed, want)
	}
	if shown != 4 {
		t.Errorf("%d results were shown only, want 4", shown)
	}
	if len(reports) != 2 || !reports[0].Ended || reports[0].Results[ReasonBlurred] != 4 || reports[0].Results[ReasonLight] != 1 || reports[0].Lasted != 4500*time.Millisecond ||
		!reports[1].Ended || reports[1].Verdict != Review || reports[1].Results[ReasonUnknown] != 2 {
		t.Errorf("reports: %+v; want len(reports) == 2, reports[0].Ended, reports[0].Results[ReasonBlurred] == 4, reports[0].Results[ReasonLight] == 1, reports[0].Lasted == 4500*time.Millisecond, reports[1].Ended, reports[1].Verdict == Review, reports[1].Results[ReasonUnknown] == 2", reports)
	}
}

// A long period is reported every so often.
func TestPeriods_ReportsALongOne(t *testing.T) {
	var reports []Period
	p := NewPeriods(sinkFunc(func(*Result) {}), 30*time.Second, func(*Result) {}, func(r Period) { reports = append(reports, r) })
	for i := range 100 {
		r := &Result{Verdict: Invalid, Reason: ReasonBlack, Finished: time.Unix(1000+int64(i), 0)}
		if err := p.Publish(context.Background(), r); err != nil {
			t.Fatal(err)
		}
	}
	if len(reports) != 3 || reports[2].Ended || reports[2].Results[ReasonBlack] != 91 {
		t.Errorf("reports: %+v, want three, the last of 91 results", reports)
	}
}

type sinkFunc func(*Result)

func (f sinkFunc) Publish(_ context.Context, r *Result) error { f(r); return nil }

// The number that is shown is the number that decided: it stands on the right
// side of the thresholds, and says how many frames agreed.
func TestWindow_DecisionStandsBesideTheThresholds(t *testing.T) {
	l := Limits{N: 2, M: 3}
	for _, tc := range []struct {
		scores []float64
		want   Verdict
		by     Decision
	}{
		{[]float64{0.1, 0.2, 0.3}, Pass, Decision{0.3, 3, 3}},
		{[]float64{0.5, 0.06, 0.08}, Review, Decision{0.5, 1, 3}}, // borderline by a frame before this one
		{[]float64{0.9, 0.1, 0.1}, Review, Decision{0.9, 1, 3}},   // unconfirmed
		{[]float64{0.7, 0.1, 0.95}, Fail, Decision{0.7, 2, 3}},    // what two frames reached
		{[]float64{0.8}, Fail, Decision{0.8, 1, 1}},
	} {
		w := newWindow(l.M)
		for _, s := range tc.scores {
			w.add(newSample(&prompts.Scores{Defect: s}, pixelScorer{}.Thresholds()))
		}
		v, reason := w.decide(l)
		by := w.decision(v, reason, l)
		if v != tc.want || by != tc.by {
			t.Errorf("%v: got %s by %+v, want %s by %+v", tc.scores, v, by, tc.want, tc.by)
		}
		limits := pixelScorer{}.Thresholds()
		if (v == Pass) != (by.Score < limits.Review) || (v == Fail) != (by.Score >= limits.Fail && by.Agreed >= min(l.N, by.Of)) {
			t.Errorf("%v: %s by %+v contradicts the thresholds %+v", tc.scores, v, by, limits)
		}
	}
}
