// Package textcache keeps the embeddings of texts on the disk, so that a prompt
// set whose texts were seen before is ready at once.
//
//	encoder = textcache.New("data/engines/texts.db", bundle.TextHash(), encoder)
//	embeddings, err := encoder.Encode(ctx, texts)
//
// It promises that an embedding is found again by its text and its bundle's hash
// only, that a file which is damaged, locked or cannot be written costs time but
// never an error or another answer, and that the file stays below MaxBytes: it
// begins anew when it is larger.
//
// It does not encode, and does not know when a bundle changes: that is what the
// hash is for. Encode may be called from many goroutines and by many processes
// on one file, which takes turns; the embeddings belong to the caller.
package textcache
