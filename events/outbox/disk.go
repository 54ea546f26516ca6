package outbox

import (
	"fmt"
	"math"

	"github.com/dustin/go-humanize"
	"golang.org/x/sys/unix"
)

// free is how many bytes the disk with the store has left.
func (s *Store) free() int64 {
	var fs unix.Statfs_t
	if err := unix.Statfs(s.options.Dir, &fs); err != nil {
		return math.MaxInt64 // a file system that cannot say shows its limit by failing writes
	}
	return int64(fs.Bavail) * fs.Bsize
}

// HasRoom reports whether the disk has room beside the events.
func (s *Store) HasRoom() bool { return s.free() >= s.options.ReserveBytes }

// room is roomFor, and has the shedder make room where there is less than the reserve.
func (s *Store) room(class Class) error {
	if !s.HasRoom() {
		s.shedSoon()
	}
	return s.roomFor(class)
}

// roomFor refuses events before the disk is full: a write that fails costs a
// restart of the embedded server. The last of the reserve is for what is shed
// last.
func (s *Store) roomFor(class Class) error {
	need := s.options.ReserveBytes
	switch class {
	case ClassReview, ClassInvalid, ClassState:
		need /= 2
	case ClassFail, ClassAlarm, ClassShed:
		need /= 4
	}
	if free := s.free(); free < need {
		return fmt.Errorf("store event: %w: %s are free on the disk of %s, less than the reserve of %s for %s events: free space on it, or lower events.max_bytes and events.evidence_bytes",
			ErrFull, size(free), s.options.Dir, size(need), class)
	}
	return nil
}

func size(bytes int64) string { return humanize.IBytes(uint64(max(bytes, 0))) }
