package prompts

// Sensitivity says whether a bank sees the defects that matter, as a challenge
// with planted ones found. The zero value is that of a bank that was not
// challenged, or that saw them.
type Sensitivity struct {
	Insensitive bool   // a low score does not say that a part is good
	Detail      string // what was found, and what would help
}

// WithSensitivity returns the bank with what a challenge of it found. A bank that
// is made of it for another set keeps that until it is challenged itself.
func (b *Bank) WithSensitivity(s Sensitivity) *Bank {
	with := *b
	with.sensitivity = s
	return &with
}

// Sensitivity returns what a challenge of the bank found.
func (b *Bank) Sensitivity() Sensitivity { return b.sensitivity }
