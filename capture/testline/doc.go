// Package testline is the built-in camera: a rendered conveyor with parts, some
// of them defective: turned flanges, crown caps, spur gears or circuit boards.
//
//	options, err := testline.Parse("testline://?seed=7&defect_rate=0.2")
//	source := testline.Open(options)
//
// The belt runs to the right under a fixed camera of 1920×1080. A light barrier
// names the part while it lies wholly within Window; frames without a part are
// belt, or parts on their way in and out. What is wrong with a part, and where,
// is told by Truth, never by a frame. On demand the lamp drifts, the camera is
// shaken or out of focus, frames are lost, and the barrier is missing.
//
// Promises: the same options give the same frames, byte by byte. A defect
// changes no pixel outside the box that Truth gives. Once the sprites of the
// parts in view are made, a frame allocates nothing.
//
// Non-promises: it is no photograph; figures measured on it say that the agent
// works, not how well it will do on your parts.
//
// A source belongs to one goroutine.
package testline
