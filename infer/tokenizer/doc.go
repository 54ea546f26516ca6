// Package tokenizer turns text into the token ids of a text encoder, as the
// tokenizer.json of its model says.
//
//	t, err := tokenizer.Load("models/clip/tokenizer.json")
//	ids := t.Encode("a photo of a scratched flange") // with the special tokens
//
// It reads what CLIP-type models use: CLIP's byte-level BPE, BERT's WordPiece,
// SentencePiece's Unigram as SigLIP has it, and Gemma's BPE over bytes as SigLIP 2
// has it. Of the Go libraries that read
// tokenizer.json, sugarme/tokenizer differs from the original on every golden
// string for CLIP and on three of five for SigLIP, and the exact ones link
// Rust; so this one is our own, and small.
//
// Promises: the ids equal those of Hugging Face tokenizers on every golden
// string, for each of the four kinds and for OpenAI's vocabulary; a step that
// is not supported is an error when the file is read, never a different
// answer; text is never cut.
//
// Non-promises: no decoding, no pairs of texts, no offsets. A character with
// more than thirty combining marks may come out otherwise, and so may letters
// that Unicode got after version 15.
//
// A Tokenizer does not change and may be used by many goroutines.
package tokenizer
