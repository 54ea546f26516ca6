// Package usage marks the mistakes of a user, such as a wrong flag or a bad
// configuration, so that a command can exit with another code than for a
// failure.
//
//	return usage.Error(fmt.Errorf("--top must be 1 or more (got %d)", n))
package usage
