// Package profiles labels goroutines with the stage, the camera and the prompt set
// that they work for, so that a CPU profile can be split by them.
//
//	belt := profiles.New("belt")
//	belt.Set("lid")
//	belt.Enter(profiles.Encode) // this goroutine, and those that it starts, until it enters another
//
// Labels are those of runtime/pprof: every profile of the process has them, whoever
// takes it. Samples of memory have none.
//
// Promises: entering a stage allocates nothing. A nil *Labels does nothing: that is
// how labels are off.
//
// Non-promises: threads that ONNX Runtime starts belong to no goroutine, so their time
// has no label; where cameras share a run of the model, its time is that of the camera
// which began it.
//
// All methods are safe for concurrent use.
package profiles
