// Package observe turns pictures into observations, and prompt sets into banks
// that score them. It joins a model bundle (package infer) with the prompt sets
// and references (package prompts) that use it.
//
//	model, err := observe.Open("models/pocket", infer.Options{})
//	defer model.Close()
//	bank, err := model.BankWith(ctx, "configs/prompts/part.yaml", view, "")
//	encoder := model.NewEncoder(view)
//	err = encoder.Encode(ctx, frame, &observation)
//	err = bank.Score(&observation, &scores)
//
// Promises: everything that is encoded for a camera (frames, references, data sets)
// goes through an Encoder with the camera's View, so that region and polygon always
// apply. The outside of a polygon does not influence scores. A frame and its tiles
// are encoded in one batch. Observations carry the hash of their bundle, or of both
// bundles with OpenPaired. What the CPU returned for picture files is kept on disk
// (package picturecache). What it returned for a camera's frames never is.
//
// Non-promises: the slices of an observation are valid only until the Encoder's next
// call. Copy them to keep them.
//
// A Model is safe for concurrent use. An Encoder belongs to one goroutine.
package observe
