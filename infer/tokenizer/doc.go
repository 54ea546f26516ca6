// Package tokenizer converts text to the token ids of a text encoder, according to the
// tokenizer.json of its model.
//
//	t, err := tokenizer.Load("models/clip/tokenizer.json")
//	ids := t.Encode("a photo of a scratched flange") // with the special tokens
//
// It supports the tokenizers of CLIP-type models: CLIP's byte-level BPE, BERT's
// WordPiece, SigLIP's SentencePiece Unigram, and SigLIP 2's byte-fallback BPE from
// Gemma. It is our own, because the Go library sugarme/tokenizer differs from the
// original on every golden string for CLIP and on three of five for SigLIP, and the
// exact libraries link Rust.
//
// Promises: the ids equal those of Hugging Face tokenizers on every golden string, for
// each of the four kinds and for OpenAI's vocabulary. An unsupported step is an error
// when the file is read, and never leads to other ids. Text is never truncated.
//
// Non-promises: no decoding, no pairs of texts, no offsets. Characters with more than
// thirty combining marks, and letters that Unicode added after version 15, may have
// other ids.
//
// A Tokenizer is immutable and safe for concurrent use.
package tokenizer
