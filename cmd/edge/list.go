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
	s.say(l.Skipped.Warnings(), l.Skipped.Details())
	return l.Files, nil
}

// saySkipped says what list would skip in a folder; "" is none.
func (s *streams) saySkipped(dir string) error {
	if dir == "" {
		return nil
	}
	_, err := s.list(dir)
	return err
}

// say writes what a user may miss, and with --verbose the details.
func (s *streams) say(warnings, details []string) {
	if s.verbose {
		warnings = append(append([]string(nil), warnings...), details...)
	}
	for _, w := range warnings {
		fmt.Fprintln(s.err, w)
	}
}
