package inspect

import (
	"bytes"
	"encoding/gob"
	"errors"
	"fmt"

	"pristine/capture"
)

// errSnapshot is returned within an error when bytes are no snapshot of this
// version.
var errSnapshot = errors.New("not a snapshot of this version")

// snapshotVersion is raised whenever the meaning of a snapshot changes: one of
// another version is refused, and the camera learns anew.
const snapshotVersion = 1

// maxSnapshotPixels bounds what a damaged snapshot can ask for.
const maxSnapshotPixels = 1 << 28

// baselineSnapshot is what a learned Baseline keeps over restarts.
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

// MarshalBinary returns what the baseline learned. It must be Learned.
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
	return encodeSnapshot(s)
}

// UnmarshalBinary makes the baseline hold frames against what MarshalBinary
// returned. Its limits stay its own.
func (b *Baseline) UnmarshalBinary(data []byte) error {
	var s baselineSnapshot
	if err := decodeSnapshot(data, &s, &s.Version); err != nil {
		return fmt.Errorf("read baseline: %w", err)
	}
	n := s.Cols * s.Rows
	if s.Width <= 0 || s.Height <= 0 || s.Width*s.Height > maxSnapshotPixels || s.Cols != gridSize(s.Width) || s.Rows != gridSize(s.Height) || n == 0 || len(s.Offsets) != n || len(s.Mean) != n || len(s.Spread) != n || len(s.Tint) != n {
		return fmt.Errorf("read baseline: %w: its grid does not fit its picture", errSnapshot)
	}
	for _, points := range [][]int32{s.Steady, s.Landmarks} {
		for _, i := range points {
			if i < 0 || int(i) >= n {
				return fmt.Errorf("read baseline: %w: point %d of %d", errSnapshot, i, n)
			}
		}
	}
	for i, offset := range s.Offsets {
		if offset < 0 || int(offset)+3 > 3*s.Width*s.Height {
			return fmt.Errorf("read baseline: %w: offset %d of point %d", errSnapshot, offset, i)
		}
	}
	all := anchors{correlator: newCorrelator(), frames: s.AnchorFrames}
	for _, a := range s.Anchors {
		whole := len(a.Reference) == patchSize*patchSize
		if !whole && len(a.Sum) != patchSize*patchSize || whole != (s.AnchorFrames >= referenceFrames) ||
			a.X < reach || a.Y < reach || a.X+patchSize+reach > s.Width || a.Y+patchSize+reach > s.Height {
			return fmt.Errorf("read baseline: %w: an anchor does not fit its picture", errSnapshot)
		}
		all.all = append(all.all, anchor{x: a.X, y: a.Y, contrast: a.Contrast, sum: a.Sum, reference: a.Reference, normal: a.Normal})
	}
	b.width, b.height, b.cols, b.rows, b.mask = s.Width, s.Height, s.Cols, s.Rows, b.area.On(s.Width, s.Height)
	b.offsets, b.mean, b.spread, b.tint, b.steady, b.landmarks = s.Offsets, s.Mean, s.Spread, s.Tint, s.Steady, s.Landmarks
	b.anchors, b.sharpness, b.phase = all, s.Sharpness, watching
	b.strayed = signals{sharpness: s.Strayed[0], view: s.Strayed[1], shift: s.Strayed[2], light: s.Strayed[3], bands: s.Strayed[4], colour: s.Strayed[5]}
	return nil
}

// beltSnapshot is the empty belt that a Tracker learned.
type beltSnapshot struct {
	Version       int
	Width, Height int
	Level         []float32
}

// MarshalBinary returns the empty belt that the tracker learned. It must be
// Learned.
func (t *Tracker) MarshalBinary() ([]byte, error) {
	if !t.Learned() {
		return nil, errors.New("the empty belt is not learned yet")
	}
	return encodeSnapshot(beltSnapshot{snapshotVersion, t.belt.width, t.belt.height, t.belt.level})
}

// UnmarshalBinary gives the tracker the empty belt that MarshalBinary returned.
func (t *Tracker) UnmarshalBinary(data []byte) error {
	var s beltSnapshot
	if err := decodeSnapshot(data, &s, &s.Version); err != nil {
		return fmt.Errorf("read empty belt: %w", err)
	}
	belt := belief{options: t.options}
	if s.Width <= 0 || s.Height <= 0 || s.Width*s.Height > maxSnapshotPixels {
		return fmt.Errorf("read empty belt: %w: a picture of %d×%d", errSnapshot, s.Width, s.Height)
	}
	belt.begin(&capture.Frame{Width: s.Width, Height: s.Height})
	if len(s.Level) != len(belt.level) {
		return fmt.Errorf("read empty belt: %w: it is of another region", errSnapshot)
	}
	belt.level = s.Level
	belt.finish()
	t.belt = belt
	return nil
}

func encodeSnapshot(s any) ([]byte, error) {
	var out bytes.Buffer
	if err := gob.NewEncoder(&out).Encode(s); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func decodeSnapshot(data []byte, s any, version *int) error {
	if err := gob.NewDecoder(bytes.NewReader(data)).Decode(s); err != nil {
		return fmt.Errorf("%w: %w", errSnapshot, err)
	}
	if *version != snapshotVersion {
		return fmt.Errorf("%w: version %d, this program writes %d", errSnapshot, *version, snapshotVersion)
	}
	return nil
}
