package watchfolder

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"pristine/capture"
	"pristine/internal/pictures"
)

// duty is the share of the time that listing may take.
const duty = 20

// pruneEvery is how often records of pictures that are gone are forgotten.
const pruneEvery = 10 * time.Minute

// list looks at every picture of the folder.
func (s *source) list() error {
	begun := time.Now()
	list, err := pictures.Walk(s.dir, s.without...)
	if err != nil {
		return fmt.Errorf("list watched folder: %w", folderError(err))
	}
	s.follow(list.Folders)
	present := make(map[string]bool, len(list.Files))
	for _, path := range list.Files {
		rel, err := filepath.Rel(s.dir, path)
		if err != nil {
			continue
		}
		info, err := os.Stat(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue // renamed or removed since
		}
		if err != nil {
			return fmt.Errorf("list watched folder: %w", folderError(err))
		}
		present[rel] = true
		if err := s.consider(rel, info); err != nil {
			return err
		}
	}
	for rel := range s.files {
		if !present[rel] {
			delete(s.files, rel)
		}
	}
	if err := s.options.Ledger.recover(s.files); err != nil {
		return err
	}
	s.listed = time.Now()
	s.pause = max(s.options.Poll, (duty-1)*s.listed.Sub(begun))
	s.dispose()
	return s.prune(present)
}

// follow has the kernel report changes of the folders. Where it does not, as it has
// no room for more, or for the changes that other machines make to a share, they
// are found by listing.
func (s *source) follow(folders []string) {
	if s.events == nil {
		return
	}
	now := make(map[string]bool, len(folders))
	for _, dir := range folders {
		now[dir] = s.watched[dir] || s.events.Add(dir) == nil
	}
	s.watched = now
}

// consider makes a file a candidate unless it has its result.
func (s *source) consider(rel string, info fs.FileInfo) error {
	m := markOf(info)
	l := s.options.Ledger
	l.mu.Lock()
	working, isGiven := l.work[rel]
	after := l.retryAt[rel]
	l.mu.Unlock()
	if isGiven && working.same(m) {
		return nil
	}
	// The record is read after that: a picture leaves the work when its record is
	// written, and a view that was opened before would not show it.
	var rec record
	var known bool
	err := l.records.reading(func(v view) (err error) {
		rec, known, err = v.record(rel)
		return err
	})
	if err != nil || known && rec.same(m) {
		return err
	}
	if c := s.files[rel]; c != nil && c.same(m) {
		return nil
	}
	s.watch(rel, m, after)
	return nil
}

func markOf(info fs.FileInfo) mark {
	m := mark{Size: info.Size(), Time: info.ModTime().UnixNano()}
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		m.Inode = stat.Ino
	}
	return m
}

// give decodes the next picture that is ready.
func (s *source) give(f *capture.Frame) (given bool, err error) {
	for len(s.ready) > 0 {
		rel := s.ready[0]
		s.ready = s.ready[1:]
		c := s.files[rel]
		if c == nil || !c.ready {
			continue // removed, or written to again
		}
		done, err := s.renamed(rel, c)
		if err != nil {
			return false, err
		}
		if done {
			delete(s.files, rel)
			continue
		}
		path := filepath.Join(s.dir, rel)
		pix, width, height, err := s.options.Decode(path)
		info, statErr := os.Stat(path)
		switch {
		case errors.Is(statErr, fs.ErrNotExist):
			delete(s.files, rel) // it is found again under its new name
			continue
		case statErr != nil:
			return false, fmt.Errorf("read watched folder: %w", folderError(statErr))
		}
		now := time.Now()
		if m := markOf(info); !m.same(c.mark) {
			s.watch(rel, m, time.Time{})
			continue
		}
		if err != nil && now.Sub(c.since) < s.options.Patience {
			s.delay(c, now.Add(s.options.Settle))
			continue
		}
		delete(s.files, rel)
		f.Damaged = ""
		if err != nil {
			width, height, pix = 0, 0, f.Pix[:0]
			f.Damaged = err.Error()
			if s.options.Bad != nil {
				s.options.Bad(path, err)
			}
		}
		f.Pix, f.Width, f.Height = pix, width, height
		f.Captured, f.Name, f.Part, f.PartEnd = now, path, s.part(rel), true
		s.options.Ledger.give(f.Part, rel, c.mark)
		return true, nil
	}
	return false, nil
}

// part returns the name of the part that a picture shows.
func (s *source) part(rel string) string {
	name := pictures.Text(filepath.ToSlash(rel))
	if s.options.Part == nil {
		return name
	}
	m := s.options.Part.FindStringSubmatch(name)
	if m == nil {
		return name
	}
	part := m[0]
	if i := s.options.Part.SubexpIndex("part"); i > 0 {
		part = m[i]
	} else if len(m) > 1 {
		part = m[1]
	}
	if part == "" {
		return name
	}
	return part
}

// prune forgets records of pictures that are gone, now and then, provided that the
// folder still shows some that are recorded: an empty folder may be a share that is
// not mounted.
func (s *source) prune(present map[string]bool) error {
	if s.options.Then != Keep || s.listed.Sub(s.pruned) < pruneEvery {
		return nil
	}
	s.pruned = s.listed
	var gone []string
	shown := false
	err := s.options.Ledger.records.reading(func(v view) error {
		return v.each(func(path string) {
			if present[path] {
				shown = true
			} else {
				gone = append(gone, path)
			}
		})
	})
	if err != nil || !shown || len(gone) == 0 {
		return err
	}
	return s.options.Ledger.records.remove(gone...)
}
