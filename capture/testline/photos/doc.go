// Package photos writes labelled pictures of the built-in line, to try commands on.
//
//	counts, err := photos.Write(ctx, "photos", photos.Options{Parts: 120, Seed: 1, References: 8, Kind: "flange", DefectRate: 0.3}, func() {})
//
// Promises: the same options write the same pictures. An existing picture is never
// overwritten.
package photos
