// Package search finds the pictures that a text or another picture is nearest
// to, among any number of stored embeddings.
//
//	index, err := search.Open(file, bundleHash)
//	hits, err := index.Top(query, 20)
//
// An index is one file that is mapped into memory: opening a million embeddings
// costs nothing, and a second process shares them. A vector is kept as one byte
// a number with a scale of its own: a quarter of the size, and so of the time,
// since a search is bound by memory; cosines are exact to 0.005.
//
// A search compares all vectors with the query in whole numbers, in C that the
// compiler vectorises, and those that may be among the nearest once more in 64 bits.
// BenchmarkAMillion measures a million random vectors of 256 numbers: 256 MB that
// are read, and some 80 KB beside them; vectors that are all equally near take 24
// bytes each.
//
// Promises: what Top returns is what comparing every stored vector would find, in
// the same order. An index is written whole or not at all, beside the one that is
// open. Vectors of two bundles are never compared: an index of another bundle
// is an error. A damaged file is an error, never a wrong answer from beyond its
// end.
//
// An Index may be searched from many goroutines; after Close it may not be
// used.
package search
