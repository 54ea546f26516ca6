package config

import (
	"fmt"
	"regexp"
)

// Pattern is a regular expression. The zero Pattern is none.
type Pattern struct{ *regexp.Regexp }

// UnmarshalText reads a regular expression; an empty text is none.
func (p *Pattern) UnmarshalText(text []byte) error {
	p.Regexp = nil
	if len(text) == 0 {
		return nil
	}
	expression, err := regexp.Compile(string(text))
	if err != nil {
		return fmt.Errorf("must be a regular expression, such as '^([^_]+)_' (%w)", err)
	}
	p.Regexp = expression
	return nil
}

// MarshalText returns the text that String returns.
func (p Pattern) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// String returns the expression, or "" for none.
func (p Pattern) String() string {
	if p.Regexp == nil {
		return ""
	}
	return p.Regexp.String()
}
