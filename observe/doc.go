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
// Promises: whatever encodes for a camera (frames, references, evaluation) does
// so through an Encoder made of the camera's View, so that region and polygon
// are never forgotten. What lies outside a polygon is neutral for scoring. A
// frame and its tiles are encoded together. Observations carry the hash of
// their bundle, or of both where OpenPaired takes the patch features of another. What
// the CPU returned for pictures from files is kept on the disk (package picturecache),
// and that of a camera's frames never.
//
// Non-promises: the slices of an observation stay valid until the Encoder's
// next call only; whoever keeps one copies it.
//
// A Model is safe for concurrent use. An Encoder belongs to one goroutine.
package observe
