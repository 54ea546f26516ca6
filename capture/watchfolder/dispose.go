package watchfolder

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// renamed reports whether a picture has its result already, under its former name.
func (s *source) renamed(rel string, c *candidate) (bool, error) {
	l := s.options.Ledger
	var former string
	var rec record
	err := l.records.reading(func(v view) error {
		path, known := v.path(c.mark)
		if !known || path == rel {
			return nil
		}
		var err error
		if rec, known, err = v.record(path); known && err == nil {
			former = path
		}
		return err
	})
	if err != nil || former == "" || !rec.same(c.mark) {
		return false, err
	}
	if _, err := os.Lstat(filepath.Join(s.dir, former)); !errors.Is(err, fs.ErrNotExist) {
		return false, nil // a second name of the same file
	}
	return true, l.records.rename(former, rel, record{c.mark, rec.Outcome})
}

// disposeAtOnce bounds what one call of dispose moves, so that a frame is not kept
// waiting.
const disposeAtOnce = 200

// dispose moves or deletes the pictures that have their result. What fails is
// tried again after the next listing.
func (s *source) dispose() {
	if s.options.Then == Keep {
		return
	}
	l := s.options.Ledger
	todo := map[string]record{}
	err := l.records.reading(func(v view) error {
		var err error
		s.disposed, err = v.some(s.disposed, disposeAtOnce, func(path string, rec record) { todo[path] = rec })
		return err
	})
	var gone []string
	for rel, rec := range todo {
		e := s.remove(rel, rec)
		if e == nil {
			gone = append(gone, rel)
		}
		err = errors.Join(err, e)
	}
	if len(gone) > 0 {
		err = errors.Join(err, l.records.remove(gone...))
	}
	s.failing(err)
}

// remove moves or deletes one picture. It ignores a picture that is gone or was
// overwritten.
func (s *source) remove(rel string, rec record) error {
	path := filepath.Join(s.dir, rel)
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !rec.same(markOf(info)) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("move picture: %w", err)
	}
	if s.options.Then == Delete {
		if err := os.Remove(path); err != nil {
			return fmt.Errorf("delete picture: %w", err)
		}
		return nil
	}
	to := filepath.Join(s.dir, string(rec.Action), rel)
	if err := os.MkdirAll(filepath.Dir(to), 0o775); err != nil { //nolint:gosec // whoever reads the pictures reads them there, too
		return fmt.Errorf("move picture: %w", err)
	}
	if err := os.Rename(path, free(to)); err != nil {
		return fmt.Errorf("move picture: %w", err)
	}
	return nil
}

// free returns a path where nothing is: the given one, or with a number.
func free(path string) string {
	ending := filepath.Ext(path)
	stem := strings.TrimSuffix(path, ending)
	for n := 2; ; n++ {
		if _, err := os.Lstat(path); err != nil {
			return path
		}
		path = stem + "-" + strconv.Itoa(n) + ending
	}
}

// failing keeps why pictures cannot be moved, deleted or recorded, and warns of it
// once.
func (s *source) failing(err error) {
	l := s.options.Ledger
	text := ""
	if err != nil {
		text, _, _ = strings.Cut(err.Error(), "\n")
	}
	l.mu.Lock()
	began := text != "" && l.status.Failing == ""
	l.status.Failing = text
	l.mu.Unlock()
	if began && s.options.Warn != nil {
		s.options.Warn(errors.New(text))
	}
}
