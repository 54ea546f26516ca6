// Package infer turns pictures and texts into unit embeddings with ONNX
// Runtime.
//
//	lib, err := infer.Load("")
//	bundle, err := bundle.Open("models/pocket")
//	images, err := infer.NewService(lib, bundle, infer.Options{Providers: []string{"tensorrt", "cpu"}, Policy: "fallback"}, nil)
//	texts, err := infer.NewTextEncoder(lib, bundle, infer.Options{Providers: []string{"cpu"}})
//
// A folder with a Hugging Face export of CLIP or SigLIP opens like a bundle; what
// its files say of resize, crop, colours, tokens and padding is what is done. Patch
// features are made of its tokens, or come from a second bundle, such as an export of
// DINOv2 (NewPairedService).
//
// Promises: a bundle whose files do not have the hashes of its manifest is
// refused. Pictures are resized as Pillow 11 does it (antialiased bicubic), to
// within one grey level. Text longer than the model's context is an error,
// never cut. What really runs is asked from ONNX Runtime: Status says the
// provider, and whether it is another than was asked for. An accelerated engine
// serves only after its outputs, of single pictures and of a batch, were compared
// with the CPU's.
//
// Non-promises: it decodes no picture files, but for a bundle's golden ones,
// and keeps no pictures.
//
// Every encoder may be used by many goroutines: pictures of calls that meet are
// joined into one run, texts wait for one another. Go owns all memory that is
// passed in; C memory is freed by Close, after which an encoder must not be used.
// In steady state Encode allocates nothing on the Go heap.
package infer
