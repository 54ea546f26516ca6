// Package place describes where in a picture something is unlike a good part. It
// is what scores, events, the page and commands have in common.
//
//	p.Text() // "scratch, 41 px (2.05 mm) long at 812, 410"
//
// The package is a leaf: a Place is a value, and everything is safe for concurrent
// use.
package place
