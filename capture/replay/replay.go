package replay

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"pristine/capture"
	"pristine/internal/pictures"
)

// Options of a replay.
type Options struct {
	Decode  func(path string) (pix []byte, width, height int, err error)
	Bad     func(path string, err error) // called for each picture that cannot be decoded; may be nil
	Skipped func(*pictures.Skipped)      // called once with what was not listed; may be nil
	FPS     float64                      // 0: as fast as they are taken
}

type source struct {
	dir    string
	files  []string
	opts   Options
	ticker *time.Ticker
}

// Open lists the folder.
func Open(dir string, o Options) (capture.Source, error) {
	list, err := pictures.List(dir)
	if err != nil {
		return nil, err
	}
	if o.Skipped != nil {
		o.Skipped(&list.Skipped)
	}
	return of(dir, list.Files, o), nil
}

// OpenFile returns one picture, as a folder with nothing else in it does.
func OpenFile(path string, o Options) (capture.Source, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("open picture: %w: %w", capture.ErrNotFound, err)
	}
	return of(filepath.Dir(path), []string{path}, o), nil
}

func of(dir string, files []string, o Options) *source {
	s := &source{dir: dir, files: files, opts: o}
	if o.FPS > 0 {
		s.ticker = time.NewTicker(time.Duration(float64(time.Second) / o.FPS))
	}
	return s
}

// Read implements capture.Source.
func (s *source) Read(ctx context.Context, f *capture.Frame) error {
	if len(s.files) > 0 {
		if s.ticker != nil {
			select {
			case <-s.ticker.C:
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		path := s.files[0]
		s.files = s.files[1:]
		var err error
		f.Damaged = ""
		if f.Pix, f.Width, f.Height, err = s.opts.Decode(path); err != nil {
			f.Resize(0, 0)
			f.Damaged = err.Error()
			if s.opts.Bad != nil {
				s.opts.Bad(path, err)
			}
		}
		f.Captured = time.Now()
		f.Name = path
		f.Part, f.PartEnd = pictures.Text(filepath.ToSlash(strings.TrimPrefix(strings.TrimPrefix(path, s.dir), string(filepath.Separator)))), true
		return nil
	}
	return io.EOF
}

// Close implements capture.Source.
func (s *source) Close() error {
	if s.ticker != nil {
		s.ticker.Stop()
	}
	return nil
}
