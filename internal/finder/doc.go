// Package finder finds the pictures that a text or a picture is nearest to: in a
// folder, or among what a running agent has inspected.
//
//	in := finder.Folder(model, "photos", files, options)
//	found, err := finder.Find(ctx, model, in, finder.Options{Query: "scratched metal near the rim", Top: 20})
//	err = finder.WriteSheet(ctx, "sheet.png", in, found.Hits)
//
// It brings an index of package search up to date first: only what is new or
// changed is encoded.
//
// Promises: what the agent has deleted is no hit, and no picture that cannot be
// read stops a search: it is named in Found.LeftOut. A file of the user's that is
// no index is never overwritten.
//
// A Collection is used by one search at a time.
package finder
