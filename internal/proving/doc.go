// Package proving measures a model on an execution provider of ONNX Runtime: what it
// really runs on, how near its outputs are to the CPU's, how fast it is, how long it
// takes to start, and whether it takes over from the CPU without losing a picture.
//
//	report, err := proving.Measure(ctx, proving.Options{Bundle: "models/pocket", Provider: "cuda", Batches: []int{1, 4, 16}})
//
// Promises: a report names the provider that ONNX Runtime's own profile names. Every
// output is compared, alone and in the largest batch, with that of the reference
// bundle on the CPU. A figure that was not measured is absent, never 0.
//
// Non-promises: it says nothing of accuracy: bundles may hold random weights.
//
// Measure loads ONNX Runtime, which is there once a process; one call at a time.
package proving
