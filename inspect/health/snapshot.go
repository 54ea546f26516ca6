package health

import (
	"errors"
	"fmt"

	"pristine/internal/snapshot"
)

// snapshotVersion is increased whenever the meaning of a snapshot changes. A snapshot of
// another version is refused, and the camera learns again.
const snapshotVersion = 1

// baselineSnapshot is the state of a learned Baseline that survives restarts.
type baselineSnapshot struct {
	Version           int
	Width, Height     int
	Cols, Rows        int
	Offsets           []int32
	Mean, Spread      []float32
	Tint              []float32
	Steady, Landmarks []int32
	Sharpness         float64
	Strayed           [6]float64
	AnchorFrames      int
	Anchors           []anchorSnapshot
}

type anchorSnapshot struct {
	X, Y      int
	Contrast  float64
	Sum       []float32
	Reference []complex128
	Normal    [2]float64
}

// MarshalBinary returns the learned state. The baseline must be Learned.
func (b *Baseline) MarshalBinary() ([]byte, error) {
	if !b.Learned() {
		return nil, errors.New("the baseline has not learned yet")
	}
	s := baselineSnapshot{
		Version: snapshotVersion, Width: b.width, Height: b.height, Cols: b.cols, Rows: b.rows, Offsets: b.offsets, Mean: b.mean, Spread: b.spread, Tint: b.tint,
		Steady: b.steady, Landmarks: b.landmarks, Sharpness: b.sharpness, AnchorFrames: b.anchors.frames,
		Strayed: [6]float64{b.strayed.sharpness, b.strayed.view, b.strayed.shift, b.strayed.light, b.strayed.bands, b.strayed.colour},
	}
	for _, a := range b.anchors.all {
		s.Anchors = append(s.Anchors, anchorSnapshot{a.x, a.y, a.contrast, a.sum, a.reference, a.normal})
	}
	return snapshot.Encode(s)
}

// UnmarshalBinary restores a state that MarshalBinary returned. The limits do not
// change.
func (b *Baseline) UnmarshalBinary(data []byte) error {
	var s baselineSnapshot
	if err := snapshot.Decode(data, &s, &s.Version, snapshotVersion); err != nil {
		return fmt.Errorf("read baseline: %w", err)
	}
	n := s.Cols * s.Rows
	if s.Width <= 0 || s.Height <= 0 || s.Width*s.Height > snapshot.MaxPixels || s.Cols != gridSize(s.Width) || s.Rows != gridSize(s.Height) || n == 0 || len(s.Offsets) != n || len(s.Mean) != n || len(s.Spread) != n || len(s.Tint) != n {
		return fmt.Errorf("read baseline: %w: its grid does not fit its picture", snapshot.ErrVersion)
	}
	for _, points := range [][]int32{s.Steady, s.Landmarks} {
		for _, i := range points {
			if i < 0 || int(i) >= n {
				return fmt.Errorf("read baseline: %w: point %d of %d", snapshot.ErrVersion, i, n)
			}
		}
	}
	for i, offset := range s.Offsets {
		if offset < 0 || int(offset)+3 > 3*s.Width*s.Height {
			return fmt.Errorf("read baseline: %w: offset %d of point %d", snapshot.ErrVersion, offset, i)
		}
	}
	all := anchors{correlator: newCorrelator(), frames: s.AnchorFrames}
	for _, a := range s.Anchors {
		whole := len(a.Reference) == patchSize*patchSize
		if !whole && len(a.Sum) != patchSize*patchSize || whole != (s.AnchorFrames >= referenceFrames) ||
			a.X < reach || a.Y < reach || a.X+patchSize+reach > s.Width || a.Y+patchSize+reach > s.Height {
			return fmt.Errorf("read baseline: %w: an anchor does not fit its picture", snapshot.ErrVersion)
		}
		all.all = append(all.all, anchor{x: a.X, y: a.Y, contrast: a.Contrast, sum: a.Sum, reference: a.Reference, normal: a.Normal})
	}
	b.width, b.height, b.cols, b.rows, b.mask = s.Width, s.Height, s.Cols, s.Rows, b.area.On(s.Width, s.Height)
	b.offsets, b.mean, b.spread, b.tint, b.steady, b.landmarks = s.Offsets, s.Mean, s.Spread, s.Tint, s.Steady, s.Landmarks
	b.anchors, b.sharpness, b.phase = all, s.Sharpness, watching
	b.strayed = signals{sharpness: s.Strayed[0], view: s.Strayed[1], shift: s.Strayed[2], light: s.Strayed[3], bands: s.Strayed[4], colour: s.Strayed[5]}
	return nil
}
