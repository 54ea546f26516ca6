package main

import (
	"fmt"

	"pristine/internal/pictures"
)

// list lists the pictures of a folder, and says what it skipped.
func (s *streams) list(dir string) ([]string, error) {
	l, err := pictures.List(dir)
	if err != nil {
		return nil, err
	}
	s.warn(l.Skipped.Warnings(), l.Skipped.Details())
	return l.Files, nil
}

// warnSkipped warns of what list skips in a folder; "" is no folder.
func (s *streams) warnSkipped(dir string) error {
	if dir == "" {
		return nil
	}
	_, err := s.list(dir)
	return err
}

// warn writes what a user may miss, and with --verbose the details.
func (s *streams) warn(warnings, details []string) {
	if s.verbose {
		warnings = append(append([]string(nil), warnings...), details...)
	}
	for _, w := range warnings {
		fmt.Fprintln(s.err, w)
	}
}
