package watchfolder

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"syscall"
	"time"

	"github.com/fsnotify/fsnotify"

	"pristine/capture"
	"pristine/internal/pictures"
)

// Then is what happens to a picture that has its result.
type Then string

// What can happen to a picture.
const (
	Keep   Then = "keep"
	Move   Then = "move" // to the folder of its Action below the watched one
	Delete Then = "delete"
)

// Options of a watched folder. Zero values take the defaults.
type Options struct {
	Decode   func(path string) (pix []byte, width, height int, err error)
	Ledger   *Ledger                      // one of its own, without a memory beyond Close
	Without  []string                     // folders below it that hold something else, such as references
	Then     Then                         // Keep
	Part     *regexp.Regexp               // finds the part in a path below the folder: its group "part", else the first, else the whole match. The path is the part without it, or where it does not match
	Settle   time.Duration                // 500 ms
	Patience time.Duration                // 10 s
	Poll     time.Duration                // 1 s
	Bad      func(path string, err error) // called for each picture that cannot be decoded; may be nil
	Warn     func(err error)              // called when moving, deleting or recording begins to fail; may be nil
}

func (o *Options) setDefaults() error {
	for _, d := range []struct {
		value *time.Duration
		def   time.Duration
	}{{&o.Settle, 500 * time.Millisecond}, {&o.Patience, 10 * time.Second}, {&o.Poll, time.Second}} {
		if *d.value == 0 {
			*d.value = d.def
		}
	}
	if o.Then == "" {
		o.Then = Keep
	}
	if o.Ledger != nil {
		return nil
	}
	var err error
	o.Ledger, err = OpenLedger("", "")
	return err
}

// idleAfter is how often Read returns ErrIdle while nothing arrives.
const idleAfter = time.Second

type source struct {
	dir     string
	options Options
	own     bool // the ledger is the source's
	without []string

	events  *fsnotify.Watcher // nil where the kernel watches nothing more
	watched map[string]bool   // folders that the kernel watches

	files    map[string]*candidate // by path below dir
	ready    []string              // of files, to be given out, oldest first
	due      time.Time             // of the first candidate that is not ready; zero where all are
	oldest   time.Time             // when the oldest of those was written
	listed   time.Time             // when the last listing ended
	pause    time.Duration         // until the next
	pruned   time.Time
	disposed string // the path at which dispose goes on
}

// Open opens a folder. It returns an error with capture.ErrNotFound where there is
// none.
func Open(dir string, o Options) (capture.Source, error) {
	info, err := os.Stat(dir)
	if err != nil {
		return nil, fmt.Errorf("open watched folder: %w", folderError(err))
	}
	if !info.IsDir() {
		return nil, fmt.Errorf("open watched folder: %w", folderError(&fs.PathError{Op: "open", Path: dir, Err: syscall.ENOTDIR}))
	}
	s := &source{dir: dir, own: o.Ledger == nil, watched: map[string]bool{}, files: map[string]*candidate{}}
	if err := o.setDefaults(); err != nil {
		return nil, err
	}
	s.options = o
	s.without = append([]string(nil), o.Without...)
	for _, a := range []Action{Accept, Reject, Look} {
		s.without = append(s.without, filepath.Join(dir, string(a)))
	}
	// Without it, changes are found by listing alone.
	s.events, _ = fsnotify.NewWatcher()
	return s, nil
}

// Read implements capture.Source. It returns ErrIdle while nothing arrives.
func (s *source) Read(ctx context.Context, f *capture.Frame) error {
	for until := time.Now().Add(idleAfter); ; {
		if err := ctx.Err(); err != nil {
			return context.Cause(ctx)
		}
		if time.Since(s.listed) >= s.pause {
			if err := s.list(); err != nil {
				return err
			}
		}
		s.settle()
		if given, err := s.give(f); given || err != nil {
			return err
		}
		now := time.Now()
		if !now.Before(until) {
			return capture.ErrIdle
		}
		s.wait(ctx, min(until.Sub(now), s.next(now)))
	}
}

// wait returns when something may have changed, at the latest after d.
func (s *source) wait(ctx context.Context, d time.Duration) {
	var changes chan fsnotify.Event
	var overflow chan error
	if s.events != nil {
		changes, overflow = s.events.Events, s.events.Errors
	}
	timer := time.NewTimer(max(d, time.Millisecond))
	defer timer.Stop()
	select {
	case e := <-changes:
		s.notice(e)
	case err := <-overflow:
		if err != nil { // too many changes at once: some were not reported
			s.pause = 0
		}
	case <-s.options.Ledger.changed:
		s.dispose()
	case <-timer.C:
	case <-ctx.Done():
	}
}

// notice looks at the file that the kernel reports.
func (s *source) notice(e fsnotify.Event) {
	rel, err := filepath.Rel(s.dir, e.Name)
	if err != nil {
		return
	}
	info, err := os.Stat(e.Name)
	switch {
	case err != nil:
		delete(s.files, rel)
	case info.IsDir():
		s.pause = 0 // a new folder may hold pictures already
	case info.Mode().IsRegular() && pictures.Is(rel):
		if s.consider(rel, info) != nil {
			s.pause = 0 // the listing meets the error, too, and returns it
		}
	}
}

// Close implements capture.Source.
func (s *source) Close() error {
	var err error
	if s.events != nil {
		err = s.events.Close()
	}
	if s.own {
		err = errors.Join(err, s.options.Ledger.Close())
	}
	return err
}
