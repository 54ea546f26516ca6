package inspect

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"testing"
	"time"

	"pristine/capture"
	"pristine/inspect/health"
	"pristine/prompts"
)

// script plays frames; each frame's first byte is its score in percent.
type script struct{ frames []capture.Frame }

func (s *script) Take(_ context.Context, f *capture.Frame) error {
	if len(s.frames) == 0 {
		return io.EOF
	}
	*f, s.frames = s.frames[0], s.frames[1:]
	return nil
}

type pixelEncoder struct{ err error }

func (e *pixelEncoder) Encode(_ context.Context, f *capture.Frame, o *prompts.Observation) error {
	o.Embedding = append(o.Embedding[:0], float32(f.Pix[0])/100)
	return e.err
}

type pixelScorer struct{}

func (pixelScorer) Score(o *prompts.Observation, s *prompts.Scores) error {
	s.Defect, s.Unknown = float64(o.Embedding[0]), o.Embedding[0] > 2
	return nil
}

func (pixelScorer) Thresholds() prompts.Thresholds { return prompts.Thresholds{Review: 0.4, Fail: 0.6} }
func (pixelScorer) Needs() prompts.Needs           { return prompts.Needs{} }
func (pixelScorer) Armed() (bool, string)          { return true, "" }

type collected struct {
	verdict Verdict
	reason  Reason
	part    string
}

type collector struct {
	got   []collected
	wrong int // results whose embedding is not that of the frame that decided
}

func (c *collector) Publish(_ context.Context, r *Result) error {
	c.got = append(c.got, collected{r.Verdict, r.Reason, r.Part})
	if (r.Scores == nil) != (r.Embedding == nil) || r.Scores != nil && float64(r.Embedding[0]) != r.Scores.Defect {
		c.wrong++
	}
	return nil
}

func frame(score byte, part string, end bool) capture.Frame {
	pix := bytes.Repeat([]byte{score}, 3*16*16)
	return capture.Frame{Pix: pix, Width: 16, Height: 16, Part: part, PartEnd: end, Captured: time.Unix(1000, 0)}
}

// damaged marks frames of a part as damaged.
func damaged(frames []capture.Frame, which ...int) []capture.Frame {
	for _, i := range which {
		frames[i].Damaged = "lost"
	}
	return frames
}

func TestStation_Verdicts(t *testing.T) {
	part := func(scores ...byte) []capture.Frame {
		var frames []capture.Frame
		for i, s := range scores {
			frames = append(frames, frame(s, "p", i == len(scores)-1))
		}
		return frames
	}
	tests := map[string]struct {
		frames []capture.Frame
		want   []collected
	}{
		"a good part passes":                        {part(20, 20, 20), []collected{{Pass, "", "p"}}},
		"N of M frames fail a part":                 {part(20, 90, 90), []collected{{Fail, "", "p"}}},
		"fewer than N are for a person":             {part(20, 90, 20), []collected{{Review, ReasonUnconfirmed, "p"}}},
		"between the thresholds is for a person":    {part(20, 50, 20), []collected{{Review, ReasonBorderline, "p"}}},
		"a part seen once fails by that frame":      {part(90), []collected{{Fail, "", "p"}}},
		"only the last M frames count":              {part(90, 90, 20, 20, 20), []collected{{Pass, "", "p"}}},
		"unknown is for a person":                   {part(220, 220, 20), []collected{{Review, ReasonUnknown, "p"}}},
		"a part without its end ends with the next": {append([]capture.Frame{frame(90, "a", false)}, frame(20, "b", true)), []collected{{Fail, "", "a"}, {Pass, "", "b"}}},
		"a part in view when the frames end":        {[]capture.Frame{frame(90, "a", false)}, []collected{{Fail, "", "a"}}},
		"black frames never pass":                   {part(1, 1, 1), []collected{{Invalid, ReasonBlack, "p"}}},
		"overexposed frames never pass":             {part(255, 255), []collected{{Invalid, ReasonOverexposed, "p"}}},
		"one fit frame is enough to judge":          {part(1, 20, 1), []collected{{Pass, "", "p"}}},
		"a frame of the wrong size":                 {[]capture.Frame{{Pix: []byte{1, 2, 3}, Width: 1, Height: 1, Part: "p", PartEnd: true}}, []collected{{Invalid, ReasonWrongSize, "p"}}},
		"damaged frames never pass":                 {damaged(part(20, 20), 0, 1), []collected{{Invalid, ReasonDamaged, "p"}}},
		"a damaged frame among fit ones":            {damaged(part(20, 20, 20), 1), []collected{{Pass, "", "p"}}},
		"a damaged frame without pixels":            {[]capture.Frame{{Damaged: "lost", Part: "p", PartEnd: true}}, []collected{{Invalid, ReasonDamaged, "p"}}},
		"without parts each frame is judged":        {[]capture.Frame{frame(20, "", false), frame(90, "", false), frame(90, "", false)}, []collected{{Pass, "", ""}, {Review, ReasonUnconfirmed, ""}, {Fail, "", ""}}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			var c collector
			s := New(Options{
				Limits: Limits{Review: 0.4, Fail: 0.6, N: 2, M: 3},
				Health: health.Limits{BlackMean: 8, OverexposedShare: 0.6, MinWidth: 8, MinHeight: 8, MaxAge: time.Second},
				Now:    func() time.Time { return time.Unix(1000, 0) },
			}, &script{tc.frames}, &pixelEncoder{}, func() Scorer { return pixelScorer{} }, &c)
			if err := s.Run(context.Background()); err != nil {
				t.Fatal(err)
			}
			if c.wrong > 0 {
				t.Errorf("%d results have the embedding of another frame", c.wrong)
			}
			if len(c.got) != len(tc.want) {
				t.Fatalf("got %v, want %v", c.got, tc.want)
			}
			for i := range c.got {
				if c.got[i] != tc.want[i] {
					t.Errorf("verdict %d is %v, want %v", i, c.got[i], tc.want[i])
				}
			}
		})
	}
}

func TestStation_StaleFrozenAndUnscoredFrames(t *testing.T) {
	now := time.Unix(1000, 0)
	inspectWith := func(o Options, encoder Encoder, frames ...capture.Frame) []collected {
		var c collector
		o.Now = func() time.Time { return now }
		o.Limits = Limits{Review: 0.4, Fail: 0.6, N: 1, M: 1}
		s := New(o, &script{frames}, encoder, func() Scorer { return pixelScorer{} }, &c)
		if err := s.Run(context.Background()); err != nil {
			t.Fatal(err)
		}
		return c.got
	}
	old := frame(20, "p", true)
	old.Captured = now.Add(-3 * time.Second)
	if got := inspectWith(Options{Health: health.Limits{MaxAge: 2 * time.Second}}, &pixelEncoder{}, old); got[0] != (collected{Invalid, ReasonStale, "p"}) {
		t.Errorf("a stale frame is %v", got)
	}
	got := inspectWith(Options{Health: health.Limits{FrozenFrames: 2}}, &pixelEncoder{}, frame(20, "a", true), frame(20, "b", true), frame(20, "c", true), frame(21, "d", true))
	if got[1].verdict != Pass || got[2] != (collected{Invalid, ReasonFrozen, "c"}) || got[3].verdict != Pass {
		t.Errorf(`frozen frames are %v; want got[1].verdict == Pass, got[2] == (collected{Invalid, ReasonFrozen, "c"}), got[3].verdict == Pass`, got)
	}
	if got := inspectWith(Options{}, &pixelEncoder{errors.New("no model")}, frame(20, "p", true)); got[0] != (collected{Invalid, ReasonModel, "p"}) {
		t.Errorf("a frame that cannot be encoded is %v", got)
	}
}

func TestStation_SilentCamera(t *testing.T) {
	now := time.Unix(1000, 0)
	var c collector
	s := New(Options{SilentAfter: 5 * time.Second, Now: func() time.Time { return now }, Limits: Limits{M: 1}}, &script{}, &pixelEncoder{}, func() Scorer { return pixelScorer{} }, &c)
	check := func(want bool) {
		t.Helper()
		if got := s.Check(context.Background()); got != want {
			t.Errorf("silent: %v, want %v", got, want)
		}
	}
	check(false)
	now = now.Add(6 * time.Second)
	check(true)
	check(true)
	if len(c.got) != 1 || c.got[0].reason != ReasonNoFrame || c.got[0].verdict != Invalid {
		t.Errorf("got %v, want one INVALID no_frame", c.got)
	}
}

// A model that hangs is no quiet line: what comes meanwhile is INVALID.
func TestStation_HangingInspectionIsInvalid(t *testing.T) {
	now := time.Unix(1000, 0)
	var c collector
	var s *Station
	var hung []bool
	line := &slowLine{script: script{[]capture.Frame{frame(20, "a", true)}}, waiting: func() {}, encoding: func() {
		for range 4 {
			now = now.Add(6 * time.Second)
			hung = append(hung, s.Check(context.Background()))
		}
	}}
	s = New(Options{SilentAfter: 5 * time.Second, Now: func() time.Time { return now }, Limits: Limits{Review: 0.4, Fail: 0.6, N: 1, M: 1}}, line, line, func() Scorer { return pixelScorer{} }, &c)
	if err := s.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	if want := []bool{false, false, true, true}; !slices.Equal(hung, want) {
		t.Errorf("overdue after 6, 12, 18 and 24 s: %v, want %v", hung, want)
	}
	if len(c.got) != 2 || c.got[0].verdict != Invalid || c.got[0].reason != ReasonModel || c.got[1].verdict != Pass {
		t.Errorf("results %+v, want one INVALID model_not_ready, then the part's", c.got)
	}
}

// slowLine lets time pass while a frame is inspected, and while the next is waited for.
type slowLine struct {
	script
	pixelEncoder
	encoding, waiting func()
}

func (l *slowLine) Take(ctx context.Context, f *capture.Frame) error {
	l.waiting()
	return l.script.Take(ctx, f)
}

func (l *slowLine) Encode(ctx context.Context, f *capture.Frame, o *prompts.Observation) error {
	l.encoding()
	return l.pixelEncoder.Encode(ctx, f, o)
}

// The camera is not silent while the agent takes its time: frames wait then.
func TestStation_SlowInspectionIsNoSilence(t *testing.T) {
	now := time.Unix(1000, 0)
	var c collector
	var s *Station
	var silent []bool
	pass := func() {
		now = now.Add(6 * time.Second)
		silent = append(silent, s.Check(context.Background()))
	}
	line := &slowLine{script: script{[]capture.Frame{frame(20, "a", true)}}, encoding: pass, waiting: pass}
	s = New(Options{SilentAfter: 5 * time.Second, Now: func() time.Time { return now }, Limits: Limits{Review: 0.4, Fail: 0.6, N: 1, M: 1}}, line, line, func() Scorer { return pixelScorer{} }, &c)
	if err := s.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	if want := []bool{true, false, true}; !slices.Equal(silent, want) {
		t.Errorf("silent while the first frame is waited for, inspected, and the next waited for: %v, want %v", silent, want)
	}
}

func TestStation_HoldOff(t *testing.T) {
	now := time.Unix(1000, 0)
	var c collector
	s := New(Options{Limits: Limits{Review: 0.4, Fail: 0.6, N: 1, M: 1, HoldOff: time.Second}, Now: func() time.Time { return now }},
		&script{[]capture.Frame{frame(90, "", false), frame(91, "", false)}}, &pixelEncoder{}, func() Scorer { return pixelScorer{} }, &c)
	if err := s.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	if len(c.got) != 1 || s.Counts().HeldOff != 1 {
		t.Errorf("%d results and %d held off, want 1 and 1", len(c.got), s.Counts().HeldOff)
	}
}
