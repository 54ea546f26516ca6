package inspect

import (
	"context"
	"testing"
	"time"

	"pristine/capture"
	"pristine/inspect/health"
)

// OnExamined gets the times of each stage that a frame reached, by this machine's clock.
func TestStation_SaysWhatItExamined(t *testing.T) {
	var all []Examined
	at := time.Unix(1, 0) // the station's clock stands still
	before := time.Now()
	s := New(Options{
		Camera: "c", Limits: Limits{N: 1, M: 1}, Health: health.Limits{MaxAge: time.Second}, Now: func() time.Time { return at },
		OnExamined: func(e *Examined) { all = append(all, *e) },
	}, nil, &pixelEncoder{}, func() Scorer { return pixelScorer{} }, &collector{})
	for _, captured := range []time.Time{at, at.Add(-time.Minute)} {
		f := capture.Frame{Pix: make([]byte, 12), Width: 2, Height: 2, Seq: 7, Captured: captured, Delivered: captured.Add(time.Millisecond), Part: "p"}
		s.inspect(context.Background(), &f)
	}
	if len(all) != 2 {
		t.Fatalf("%d frames were examined", len(all))
	}
	fit, stale := all[0], all[1]
	if fit.Part != "p" || fit.Seq != 7 || fit.Reason != ReasonNone || !fit.Delivered.Equal(at.Add(time.Millisecond)) {
		t.Errorf(`%+v; want fit.Part == "p", fit.Seq == 7, fit.Reason == ReasonNone, fit.Delivered.Equal(at.Add(time.Millisecond))`, fit)
	}
	for i, order := 0, []time.Time{before, fit.Taken, fit.Checked, fit.Encoded, fit.Scored}; i+1 < len(order); i++ {
		if order[i+1].Before(order[i]) {
			t.Errorf("stage %d ends before the one before it: %v", i, order)
		}
	}
	if stale.Reason != ReasonStale || stale.Checked.IsZero() || !stale.Encoded.IsZero() || !stale.Scored.IsZero() {
		t.Errorf("%+v; want stale.Reason == ReasonStale, not stale.Checked.IsZero(), stale.Encoded.IsZero(), stale.Scored.IsZero()", stale)
	}
}
