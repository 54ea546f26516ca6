// Package infer turns pictures and texts into unit embeddings with ONNX
// Runtime.
//
//	lib, err := infer.Load("")
//	bundle, err := bundle.Open("models/pocket")
//	images, err := infer.NewService(lib, bundle, infer.Options{Providers: []string{"tensorrt", "cpu"}, Policy: "fallback"}, nil)
//	texts, err := infer.NewTextEncoder(lib, bundle, infer.Options{Providers: []string{"cpu"}})
//
// A folder with a Hugging Face export of CLIP or SigLIP opens like a bundle. Resize,
// crop, colours, tokens and padding follow its files. Patch features come from its
// tokens, or from a second bundle such as an export of DINOv2 (NewPairedService).
//
// Promises: a bundle whose files do not have the hashes of its manifest is refused.
// Pictures are resized as in Pillow 11 (antialiased bicubic), to within one grey level.
// Text longer than the model's context is an error and never truncated. Status reports
// the provider that ONNX Runtime actually uses, and whether it is another one than
// configured. An accelerated engine is used only after its outputs, of single pictures
// and of a batch, have been compared with the CPU's.
//
// Non-promises: it decodes no picture files, except a bundle's golden ones, and keeps no
// pictures.
//
// Every encoder is safe for concurrent use: pictures of concurrent calls are batched,
// texts are encoded one after the other. Go owns all memory that is passed in. Close
// frees the C memory; an encoder must not be used after it. In steady state Encode
// allocates nothing on the Go heap.
package infer
