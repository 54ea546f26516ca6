// Package bundle reads what a model is: the manifest of a bundle, or a Hugging
// Face export of a CLIP-type model, from which it derives a manifest.
//
//	b, err := bundle.Open("models/pocket")
//	e, err := bundle.ReadExport([]string{"clip-vit-base-patch32"}, bundle.ExportOptions{})
//
// Promises: a bundle whose files do not have the hashes of its manifest is an
// error. A mistake in a manifest is reported with its line and key, all mistakes
// at once.
//
// Non-promises: it runs no model and needs no ONNX Runtime; package infer opens
// the models and checks what they really take and return.
//
// A Bundle and an Export are plain data. They do not change after they were
// read, and may be used by many goroutines.
package bundle
