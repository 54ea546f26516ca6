// Package bundle reads the description of a model: the manifest of a bundle, or a Hugging
// Face export of a CLIP-type model, from which it derives a manifest.
//
//	b, err := bundle.Open("models/pocket")
//	e, err := bundle.ReadExport([]string{"clip-vit-base-patch32"}, bundle.ExportOptions{})
//
// Promises: a bundle whose files do not have the hashes of its manifest is an
// error. A mistake in a manifest is reported with its line and key, all mistakes
// at once.
//
// Non-promises: it runs no model and needs no ONNX Runtime. Package infer opens the
// models and checks their inputs and outputs.
//
// A Bundle and an Export are immutable and safe for concurrent use.
package bundle
