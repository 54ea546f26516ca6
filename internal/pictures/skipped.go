package pictures

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

// reason is why a file or folder is not listed.
type reason int

const (
	byTool reason = iota
	unread
	brokenLink
	readTwice
	notAFile
)

// pictureEndings are those of pictures that are not read. Files with any other
// ending are not taken for pictures.
var pictureEndings = []string{
	".heic", ".heif", ".avif", ".jxl", ".jp2", ".j2k", ".jpx", ".svg", ".psd", ".exr", ".hdr",
	".pgm", ".ppm", ".pbm", ".pnm", ".pam", ".ico", ".tga", ".pcx", ".dng", ".cr2", ".cr3", ".nef", ".arw", ".orf", ".rw2", ".raw",
	".jxr", ".jif", ".apng", ".mng", ".dcm", ".npy", ".npz", ".pdf",
}

// Skipped counts what is not listed, by reason. The zero value is empty.
type Skipped struct {
	tools   tally
	links   tally // that lead nowhere
	again   tally // folders that were read by another name
	special tally // sockets, pipes, devices
	unread  map[string]*tally
}

type tally struct {
	n     int
	first string
}

func (t *tally) add(path string) {
	if t.n == 0 {
		t.first = path
	}
	t.n++
}

func (s *Skipped) add(r reason, path string) {
	switch r {
	case byTool:
		s.tools.add(path)
	case brokenLink:
		s.links.add(path)
	case readTwice:
		s.again.add(path)
	case notAFile:
		s.special.add(path)
	case unread:
		ending := strings.ToLower(filepath.Ext(path))
		if s.unread == nil {
			s.unread = map[string]*tally{}
		}
		if s.unread[ending] == nil {
			s.unread[ending] = &tally{}
		}
		s.unread[ending].add(path)
	}
}

// Add adds what another walk skipped.
func (s *Skipped) Add(o *Skipped) {
	for to, from := range map[*tally]tally{&s.tools: o.tools, &s.links: o.links, &s.again: o.again, &s.special: o.special} {
		to.join(from)
	}
	for ending, t := range o.unread {
		if s.unread == nil {
			s.unread = map[string]*tally{}
		}
		if s.unread[ending] == nil {
			s.unread[ending] = &tally{}
		}
		s.unread[ending].join(*t)
	}
}

func (t *tally) join(o tally) {
	if t.n == 0 {
		t.first = o.first
	}
	t.n += o.n
}

// Tools returns how many files and folders of other programs were skipped.
func (s *Skipped) Tools() int { return s.tools.n }

// Pictures returns how many files were skipped that look like pictures: those
// with a picture's ending that is not read, and links that lead nowhere.
func (s *Skipped) Pictures() int {
	n := s.links.n
	for _, ending := range pictureEndings {
		if t := s.unread[ending]; t != nil {
			n += t.n
		}
	}
	return n
}

// Warnings are sentences on what a user may miss: pictures that are not read,
// links that lead nowhere, and special files.
func (s *Skipped) Warnings() []string {
	var notes []string
	for _, ending := range slices.Sorted(maps.Keys(s.unread)) {
		if slices.Contains(pictureEndings, ending) {
			t := s.unread[ending]
			notes = append(notes, fmt.Sprintf("%s not read: convert them to PNG or JPEG (first: %s)", count(t.n, ending+" file is", ending+" files are"), t.first))
		}
	}
	if s.links.n > 0 {
		notes = append(notes, fmt.Sprintf("%s nowhere (first: %s)", count(s.links.n, "link leads", "links lead"), s.links.first))
	}
	if s.special.n > 0 {
		notes = append(notes, fmt.Sprintf("%s no regular file and not read (first: %s)", count(s.special.n, "entry is", "entries are"), s.special.first))
	}
	return notes
}

// Details are sentences on what else was skipped, which is as it should be.
func (s *Skipped) Details() []string {
	var notes []string
	if s.tools.n > 0 {
		notes = append(notes, fmt.Sprintf("%s by other programs, skipped (first: %s)", count(s.tools.n, "file or folder was made", "files and folders were made"), s.tools.first))
	}
	if s.again.n > 0 {
		notes = append(notes, fmt.Sprintf("%s to folders that are read anyway or hold this one, skipped (first: %s)", count(s.again.n, "link leads", "links lead"), s.again.first))
	}
	var endings []string
	n := 0
	for _, ending := range slices.Sorted(maps.Keys(s.unread)) {
		if slices.Contains(pictureEndings, ending) {
			continue
		}
		n += s.unread[ending].n
		if ending == "" {
			ending = "without ending"
		}
		endings = append(endings, ending)
	}
	if n > 0 {
		notes = append(notes, fmt.Sprintf("%s, skipped (%s)", count(n, "file is no picture", "files are no pictures"), strings.Join(endings, ", ")))
	}
	return notes
}

// Notes are Warnings and Details.
func (s *Skipped) Notes() []string { return append(s.Warnings(), s.Details()...) }

// because says what the folder holds instead of pictures.
func (s *Skipped) because() string {
	if notes := s.Notes(); len(notes) > 0 {
		return ": " + strings.Join(notes, "; ")
	}
	return ""
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
