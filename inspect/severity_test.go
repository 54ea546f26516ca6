package inspect

import (
	"context"
	"maps"
	"testing"
	"time"

	"pristine/capture"
	"pristine/prompts"
	"pristine/verdict"
)

// shareEncoder reads a frame's score and its share for review, in percent, from
// its first two bytes.
type shareEncoder struct{}

func (shareEncoder) Encode(_ context.Context, f *capture.Frame, o *prompts.Observation) error {
	o.Embedding = append(o.Embedding[:0], float32(f.Pix[0])/100, float32(f.Pix[1])/100)
	return nil
}

type shareScorer struct{ pixelScorer }

func (shareScorer) Score(o *prompts.Observation, s *prompts.Scores) error {
	s.Defect, s.ReviewShare, s.Name.Severity = float64(o.Embedding[0]), float64(o.Embedding[1]), verdict.Critical
	if s.ReviewShare > 0.5 {
		s.Name.Severity = verdict.Minor
	}
	return nil
}

// decided collects what results say of the frame that decided.
type decided struct {
	collector
	defect []int // percent
	by     []Decision
}

func (d *decided) Publish(ctx context.Context, r *Result) error {
	d.defect, d.by = append(d.defect, int(100*r.Scores.Defect+0.5)), append(d.by, r.Decision)
	return d.collector.Publish(ctx, r)
}

func TestVerdicts_Severity(t *testing.T) {
	type seen [2]byte // P(defect) and the share for review, in percent
	for name, tc := range map[string]struct {
		frames        []seen
		verdict       Verdict
		reason        Reason
		decided       int // P(defect) of the frame shown, in percent
		score, agreed int // what decided
		counted       Severe
	}{
		"for review only, however high":         {[]seen{{99, 100}, {99, 100}, {99, 100}}, Review, ReasonSeverity, 99, 99, 3, Severe{Review, verdict.Minor}},
		"too little of it may fail":             {[]seen{{90, 40}, {90, 40}}, Review, ReasonSeverity, 90, 90, 2, Severe{Review, verdict.Critical}},
		"enough of it may fail":                 {[]seen{{90, 20}, {90, 20}}, Fail, ReasonNone, 90, 90, 2, Severe{Fail, verdict.Critical}},
		"N frames fail beside a higher one":     {[]seen{{99, 100}, {70, 0}, {80, 0}}, Fail, ReasonNone, 80, 70, 2, Severe{Fail, verdict.Critical}},
		"one frame fails beside higher ones":    {[]seen{{70, 0}, {99, 100}, {99, 100}}, Review, ReasonUnconfirmed, 70, 99, 3, Severe{Review, verdict.Critical}},
		"severity comes before borderline":      {[]seen{{50, 0}, {50, 0}, {70, 100}}, Review, ReasonSeverity, 70, 70, 3, Severe{Review, verdict.Minor}},
		"below the fail threshold severity may": {[]seen{{50, 100}}, Review, ReasonBorderline, 50, 50, 1, Severe{Review, verdict.Minor}},
		"a good part of a minor defect passes":  {[]seen{{20, 100}}, Pass, ReasonNone, 20, 20, 1, Severe{}},
	} {
		t.Run(name, func(t *testing.T) {
			var frames []capture.Frame
			for i, s := range tc.frames {
				f := frame(s[0], "p", i == len(tc.frames)-1)
				f.Pix[1] = s[1]
				frames = append(frames, f)
			}
			var d decided
			s := New(Options{Limits: Limits{N: 2, M: 3}, Now: func() time.Time { return time.Unix(1000, 0) }},
				&script{frames}, shareEncoder{}, func() Scorer { return shareScorer{} }, &d)
			if err := s.Run(context.Background()); err != nil {
				t.Fatal(err)
			}
			if want := (collected{tc.verdict, tc.reason, "p"}); len(d.got) != 1 || d.got[0] != want || d.defect[0] != tc.decided {
				t.Errorf("got %v by a frame of %d %%, want %v by one of %d %%", d.got, d.defect, want, tc.decided)
			}
			if got := int(100*d.by[0].Score + 0.5); got != tc.score || d.by[0].Agreed != tc.agreed {
				t.Errorf("decided by %d %% in %d frames, want %d %% in %d", got, d.by[0].Agreed, tc.score, tc.agreed)
			}
			want := map[Severe]uint64{tc.counted: 1}
			if tc.counted == (Severe{}) {
				want = map[Severe]uint64{}
			}
			if got := s.Counts().Severities; !maps.Equal(got, want) {
				t.Errorf("counted %v, want %v", got, want)
			}
		})
	}
}
