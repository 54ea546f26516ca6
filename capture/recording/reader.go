package recording

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"pristine/capture"
)

// Options of a replay.
type Options struct {
	Decode func(f *capture.Frame, data []byte) error
	Bad    func(file string, err error) // called for each picture that cannot be used; may be nil
	Speed  float64                      // 1 as it was recorded, 2 twice as fast; 0 as fast as frames are taken
}

type source struct {
	dir     string
	options Options
	entries []entry
	began   time.Time
	first   time.Time
}

// Open reads the index of a recording.
func Open(dir string, o Options) (capture.Source, error) {
	data, err := os.ReadFile(filepath.Join(dir, indexFile))
	if err != nil {
		return nil, fmt.Errorf("open recording: %w: %w: `edge record` makes one", capture.ErrNotFound, err)
	}
	s := &source{dir: dir, options: o}
	if s.entries, err = parse(data); err != nil {
		return nil, fmt.Errorf("open recording %s: %w", dir, err)
	}
	return s, nil
}

// parse reads the index. A last line without its end was cut off.
func parse(data []byte) ([]entry, error) {
	var entries []entry
	for number := 1; len(data) > 0; number++ {
		line, rest, whole := bytes.Cut(data, []byte("\n"))
		if !whole {
			break
		}
		data = rest
		var e entry
		d := json.NewDecoder(bytes.NewReader(line))
		d.DisallowUnknownFields()
		if err := d.Decode(&e); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", indexFile, number, err)
		}
		if e.Damaged == "" && (e.File == "" || e.File != filepath.Base(e.File) || e.Width <= 0 || e.Height <= 0) {
			return nil, fmt.Errorf("%s:%d: it names no picture of the folder", indexFile, number)
		}
		entries = append(entries, e)
	}
	return entries, nil
}

// Read implements capture.Source.
func (s *source) Read(ctx context.Context, f *capture.Frame) error {
	if len(s.entries) > 0 {
		e := s.entries[0]
		s.entries = s.entries[1:]
		if err := s.wait(ctx, e.Captured); err != nil {
			return err
		}
		if f.Damaged = e.Damaged; e.Damaged != "" {
			f.Resize(0, 0)
		} else if err := s.load(f, e); err != nil {
			f.Resize(0, 0)
			f.Damaged = err.Error()
			if s.options.Bad != nil {
				s.options.Bad(e.File, err)
			}
		}
		f.Captured, f.Name, f.Part, f.PartEnd = e.Captured, e.Name, e.Part, e.PartEnd
		return nil
	}
	return io.EOF
}

func (s *source) load(f *capture.Frame, e entry) error {
	path := filepath.Join(s.dir, e.File)
	data, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read recording: %w", err)
	}
	if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != e.SHA256 {
		return fmt.Errorf("read recording: %s was changed since", path)
	}
	if err := s.options.Decode(f, data); err != nil {
		return fmt.Errorf("read recording: %s: %w", path, err)
	}
	return nil
}

// wait keeps the recorded distance between frames.
func (s *source) wait(ctx context.Context, captured time.Time) error {
	if s.began.IsZero() {
		s.began, s.first = time.Now(), captured
	}
	if s.options.Speed <= 0 {
		return ctx.Err()
	}
	due := s.began.Add(time.Duration(float64(captured.Sub(s.first)) / s.options.Speed))
	timer := time.NewTimer(time.Until(due))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Close implements capture.Source.
func (s *source) Close() error { return nil }
