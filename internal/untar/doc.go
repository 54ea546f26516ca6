// Package untar unpacks the packed models of tests.
//
//	dir := untar.Gzip(t, "testdata/exports/clip.tar.gz")
//
// It trusts the archive, and is for tests only.
package untar
