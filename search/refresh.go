package search

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Refresh opens and updates the index in a file. want gets the old index, or nil if
// there is no usable one. It returns the entries, or that nothing has changed. A file
// that is damaged or of another bundle is recreated, or is an error if keep is set.
func Refresh(file, bundle string, dim int, keep bool, want func(old *Index) (entries []Entry, changed bool, err error)) (*Index, error) {
	old, err := Open(file, bundle)
	useless := errors.Is(err, ErrIndex) || errors.Is(err, ErrBundle)
	if err != nil && !errors.Is(err, os.ErrNotExist) && (keep || !useless) {
		return nil, err
	}
	entries, changed, err := want(old)
	if err == nil && !changed && old != nil {
		return old, nil
	}
	if old != nil {
		err = errors.Join(err, old.Close())
	}
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return nil, fmt.Errorf("write index: %w", err)
	}
	if err := Write(file, bundle, dim, entries); err != nil {
		return nil, err
	}
	return Open(file, bundle)
}
