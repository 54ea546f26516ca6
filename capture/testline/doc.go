// Package testline is the built-in camera: a rendered conveyor with parts, some
// of them defective: turned flanges, crown caps, spur gears or circuit boards.
//
//	options, err := testline.Parse("testline://?seed=7&defect_rate=0.2")
//	source := testline.Open(options)
//
// The belt runs to the right under a fixed camera of 1920×1080. A light barrier names
// the part while it is entirely within Window. Frames without a part show the belt, or
// parts that enter or leave. Truth returns the defect of a part and its location; frames
// do not have it. Options add faults: drifting light, shake, blur, lost frames, and no
// light barrier.
//
// Promises: the same options give the same frames, byte for byte. A defect only changes
// pixels inside the box that Truth returns. Once the sprites of the parts in view are
// made, a frame allocates nothing.
//
// Non-promises: it is not a photograph. Results on it show that the agent works, not how
// well it will do on your parts.
//
// A source belongs to one goroutine.
package testline
