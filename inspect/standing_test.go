package inspect

import (
	"context"
	"errors"
	"testing"
	"time"

	"pristine/capture"
)

// unarmed is pixelScorer whose verdicts nothing may act on.
type unarmed struct{ pixelScorer }

func (unarmed) Armed() (bool, string) { return false, "it was never validated" }

func TestAnswer_Action(t *testing.T) {
	for _, tc := range []struct {
		verdict Verdict
		shadow  bool
		want    Action
	}{
		{Pass, false, AcceptPart}, {Review, false, RejectPart}, {Fail, false, RejectPart}, {Invalid, false, RejectPart}, {"", false, RejectPart},
		{Pass, true, NoAction}, {Review, true, NoAction}, {Fail, true, NoAction}, {Invalid, true, NoAction},
	} {
		a := Answer{Verdict: tc.verdict, Standing: Standing{Shadow: tc.shadow}}
		if got := a.Action(); got != tc.want {
			t.Errorf("action of %q, shadow %v: got %d, want %d", tc.verdict, tc.shadow, got, tc.want)
		}
	}
}

// Every answer of a gate carries the standing of the live set: a verdict, a
// missed frame, a refused trigger.
func TestGate_AnswersCarryTheShadow(t *testing.T) {
	want := Standing{Shadow: true, ShadowReason: "it was never validated"}
	slot := capture.NewLatest(capture.Newest)
	results := &standings{}
	gate := NewGate(slot, results, GateOptions{Camera: "belt", Deadline: 20 * time.Millisecond, Scorer: func() Scorer { return unarmed{} }})
	a, err := gate.Trigger(context.Background(), "A")
	if !errors.Is(err, ErrMissed) || a.Standing != want {
		t.Errorf("missed: got %+v, %v, want %+v", a.Standing, err, want)
	}
	if a, err = gate.Trigger(context.Background(), "A"); !errors.Is(err, ErrDuplicate) || a.Standing != want {
		t.Errorf("duplicate: got %+v, %v, want %+v", a.Standing, err, want)
	}
	gate.options.Deadline = time.Minute
	station := New(Options{Camera: "belt", PartsOnly: true}, gate, &pixelEncoder{}, func() Scorer { return unarmed{} }, gate)
	done := make(chan error)
	go func() { done <- station.Run(context.Background()) }()
	answered := make(chan Answer)
	go func() {
		a, _ := gate.Trigger(context.Background(), "B")
		answered <- a
	}()
	for {
		f := capture.Frame{Pix: []byte{10, 10, 10}, Width: 1, Height: 1, Captured: time.Now()}
		if err := slot.Put(context.Background(), &f); err != nil {
			t.Fatal(err)
		}
		select {
		case a = <-answered:
			if a.Verdict != Pass || a.Standing != want {
				t.Errorf("verdict: got %+v, want PASS with %+v", a, want)
			}
			slot.End()
			if err := <-done; err != nil {
				t.Error(err)
			}
			for i, s := range results.got {
				if s != want {
					t.Errorf("result %d: got %+v, want %+v", i, s, want)
				}
			}
			return
		case <-time.After(time.Millisecond):
		}
	}
}

type standings struct{ got []Standing }

func (s *standings) Publish(_ context.Context, r *Result) error {
	s.got = append(s.got, r.Standing)
	return nil
}
