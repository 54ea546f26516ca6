// Package profiles labels goroutines with the stage, the camera and the prompt set
// that they work for, so that a CPU profile can be split by them.
//
//	belt := profiles.New("belt")
//	belt.Set("lid")
//	belt.Enter(profiles.Encode) // this goroutine, and those that it starts, until it enters another
//
// The labels are those of runtime/pprof, so every CPU profile of the process has them.
// Memory samples have none.
//
// Promises: entering a stage allocates nothing. A nil *Labels does nothing, so labels
// are off.
//
// Non-promises: ONNX Runtime's own threads belong to no goroutine, so their time has no
// label. The time of a batch that several cameras share counts for the camera that
// started it.
//
// All methods are safe for concurrent use.
package profiles
