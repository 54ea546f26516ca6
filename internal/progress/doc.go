// Package progress shows on a terminal how far work is: by a bar where its length is
// known, by a spinner where it is not. Nothing is written elsewhere: bars fill logs.
//
// A bar may be moved on by several goroutines.
package progress
