// Package search finds the stored embeddings of pictures that are nearest to a text or
// another picture.
//
//	index, err := search.Open(file, bundleHash)
//	hits, err := index.Top(query, 20)
//
// An index is one memory-mapped file: opening a million embeddings is immediate, and
// processes share them. A vector is stored as one byte per dimension and a scale. That
// is a quarter of the size and therefore of the time, since a search is limited by
// memory bandwidth. Cosines are exact to 0.005.
//
// A search compares all vectors with the query in integer arithmetic, in C that the
// compiler vectorises. It compares candidates for the nearest again in 64 bits.
// BenchmarkAMillion measures a million random vectors of 256 dimensions: it reads
// 256 MB and allocates some 80 KB. Vectors that are all equally near take 24 bytes each.
//
// Promises: Top returns the same result, in the same order, as comparing every stored
// vector exactly. An index is replaced atomically while the old one stays open. An
// index of another bundle is an error. A damaged file is an error and never leads to
// reads beyond its end.
//
// An Index may be searched from many goroutines. It must not be used after Close.
package search
