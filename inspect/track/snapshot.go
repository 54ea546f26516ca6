package track

import (
	"errors"
	"fmt"

	"pristine/capture"
	"pristine/internal/snapshot"
)

// snapshotVersion is increased whenever the meaning of a snapshot changes. A snapshot of
// another version is refused, and the camera learns again.
const snapshotVersion = 1

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
	return snapshot.Encode(beltSnapshot{snapshotVersion, t.belt.width, t.belt.height, t.belt.level})
}

// UnmarshalBinary restores the empty belt that MarshalBinary returned.
func (t *Tracker) UnmarshalBinary(data []byte) error {
	var s beltSnapshot
	if err := snapshot.Decode(data, &s, &s.Version, snapshotVersion); err != nil {
		return fmt.Errorf("read empty belt: %w", err)
	}
	belt := belief{options: t.options}
	if s.Width <= 0 || s.Height <= 0 || s.Width*s.Height > snapshot.MaxPixels {
		return fmt.Errorf("read empty belt: %w: a picture of %d×%d", snapshot.ErrVersion, s.Width, s.Height)
	}
	belt.begin(&capture.Frame{Width: s.Width, Height: s.Height})
	if len(s.Level) != len(belt.level) {
		return fmt.Errorf("read empty belt: %w: it is of another region", snapshot.ErrVersion)
	}
	belt.level = s.Level
	belt.finish()
	t.belt = belt
	return nil
}
