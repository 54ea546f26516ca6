package track

import (
	"context"
	"testing"

	"pristine/capture"
)

// dropping is a source of grey frames with one dropped before each.
type dropping struct{}

func (dropping) Take(_ context.Context, f *capture.Frame) error {
	f.Resize(16, 16)
	for i := range f.Pix {
		f.Pix[i] = 20
	}
	f.Dropped = capture.Drops{capture.Overwritten: 1}
	return nil
}

// What was dropped before frames that taught the belt still counts.
func TestDrops_Track(t *testing.T) {
	t.Parallel()
	tracker := New(dropping{}, Options{Camera: "c", Axis: "x", Region: [4]float64{0, 0, 1, 1}, LearnFrames: 3, Difference: 24, MinArea: 0.05})
	var f capture.Frame
	for _, want := range []uint64{4, 1} {
		if err := tracker.Take(context.Background(), &f); err != nil || f.Dropped != (capture.Drops{capture.Overwritten: want}) {
			t.Errorf("got %v (%v), want %d overwritten", f.Dropped, err, want)
		}
	}
}
