package track

import (
	"context"
	"testing"

	"pristine/capture"
	"pristine/capture/testline"
)

// A tracker that got the empty belt back names parts at once, and the same ones.
func TestTracker_SnapshotNamesAtOnce(t *testing.T) {
	t.Parallel()
	options := Options{Camera: "belt", Axis: "x", Region: [4]float64{0, 0, 1, 1}, LearnFrames: 200, Difference: 24, MinArea: 0.02}
	line := func() *framesOf {
		return &framesOf{Source: testline.Open(testline.Options{Seed: 5, Speed: 60, Kind: "flange", Unnamed: true})}
	}
	first := line()
	learned := New(first, options)
	if _, err := learned.MarshalBinary(); err == nil {
		t.Error("an empty belt that was not learned is kept")
	}
	var f capture.Frame
	if err := learned.Take(context.Background(), &f); err != nil {
		t.Fatal(err)
	}
	data, err := learned.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	second := line()
	restored := New(second, options)
	if err := restored.UnmarshalBinary(data); err != nil {
		t.Fatal(err)
	}
	for named := 0; named == 0; {
		if err := restored.Take(context.Background(), &f); err != nil {
			t.Fatal(err)
		}
		if f.Part != "" {
			named++
		}
	}
	if second.read >= first.read {
		t.Errorf("the first part has a name at frame %d, want before frame %d, when a new belt is learned", second.read, first.read)
	}
	options.Region = [4]float64{0, 0, 0.5, 1}
	if err := New(line(), options).UnmarshalBinary(data); err == nil {
		t.Error("the belt of another region is used")
	}
}

type framesOf struct {
	capture.Source
	read int
}

func (s *framesOf) Take(ctx context.Context, f *capture.Frame) error {
	s.read++
	return s.Read(ctx, f)
}
