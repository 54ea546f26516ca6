// Package replay returns the pictures of a folder, each exactly once.
//
//	source, err := replay.Open("parts/", replay.Options{Decode: opencv.DecodeFile})
//
// Pictures come in the order of their paths, subfolders included, and each is
// a part of its own, named by its path below the folder. A picture that cannot
// be decoded is a frame with Damaged set, so that its part has a verdict, and is
// reported to Bad: one bad file never stops the rest. Which files are pictures, and
// which are skipped, is up to package internal/pictures. A Source belongs to one
// goroutine.
package replay
