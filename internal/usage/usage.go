package usage

import "errors"

type mistake struct{ error }

func (m mistake) Unwrap() error { return m.error }

// Error marks err as a mistake of the user. Its text stays the same.
func Error(err error) error { return mistake{err} }

// Is reports whether err, or an error that it wraps, is a mistake of the user.
func Is(err error) bool {
	var m mistake
	return errors.As(err, &m)
}
