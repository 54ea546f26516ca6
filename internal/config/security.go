package config

import (
	"fmt"
	"slices"

	"pristine/internal/signature"
	"pristine/internal/strictyaml"
)

// What Security can require to be signed.
const (
	Bundles = "bundles"
	Sets    = "sets"
)

// Security says whose bundles and prompt sets are used.
type Security struct {
	TrustedKeys   []string `yaml:"trusted_keys"`   // of minisign: files, or keys in text; none: nothing is checked
	RequireSigned []string `yaml:"require_signed"` // bundles, sets
}

// Requires reports whether a kind, Bundles or Sets, must be signed by a trusted key.
func (s *Security) Requires(kind string) bool {
	return len(s.TrustedKeys) > 0 && slices.Contains(s.RequireSigned, kind)
}

func (s *Security) validate(d *strictyaml.Document) {
	for i, kind := range s.RequireSigned {
		oneOf(d, fmt.Sprintf("security.require_signed[%d]", i), kind, Bundles, Sets)
	}
}

func (s *Security) resolve(dir string) {
	for i, key := range s.TrustedKeys {
		if !signature.IsKey(key) {
			s.TrustedKeys[i] = lookUp(dir, key, false)
		}
	}
}
