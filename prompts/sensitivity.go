package prompts

// Sensitivity is the result of a challenge: whether a bank detects planted defects of
// the size that matters. The zero value belongs to a bank that passed, or that was not
// challenged.
type Sensitivity struct {
	Insensitive bool   // a low score is no evidence that a part is good
	Detail      string // the result, and a remedy
}

// WithSensitivity returns the bank with the result of a challenge. A bank that Rebuild
// makes of it keeps that result until it is challenged itself.
func (b *Bank) WithSensitivity(s Sensitivity) *Bank {
	with := *b
	with.sensitivity = s
	return &with
}

// Sensitivity returns the result of the bank's last challenge.
func (b *Bank) Sensitivity() Sensitivity { return b.sensitivity }
