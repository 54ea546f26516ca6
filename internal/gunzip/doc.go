// Package gunzip reads the compressed files of tests.
//
//	script := gunzip.File(t, "testdata/axe.min.js.gz")
//
// A file that cannot be read ends the test. It keeps no state.
package gunzip
