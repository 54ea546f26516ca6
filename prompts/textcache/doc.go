// Package textcache caches the embeddings of texts on the disk, so that a prompt set
// with known texts is ready at once.
//
//	encoder = textcache.New("data/engines/texts.db", bundle.TextHash(), encoder)
//	embeddings, err := encoder.Encode(ctx, texts)
//
// Promises: an embedding is found only by its text and its bundle's hash. A file that
// is damaged, locked or read-only costs time, but never causes an error or another
// result. A file above MaxBytes is recreated.
//
// Non-promises: it does not encode, and it does not notice that a bundle changed
// unless the hash does.
//
// Many goroutines, and many processes on one file, may call Encode; access to the
// file is serialised. The embeddings belong to the caller.
package textcache
