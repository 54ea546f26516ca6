// Package challenge plants synthetic defects into good pictures of a part and
// measures which of them an inspection finds. It needs no defective part.
//
//	report, err := challenge.Run(ctx, pictures, challenge.Options{Judges: judges, Seed: 1})
//	report.Kinds[0].Smallest // the smallest scratch that is found
//
// A defect is planted on the part, not in the background. Parts separates the two by
// what the borders of the pictures have in common. The defects are those of Kinds, in
// a ladder of sizes. A planted picture differs from the good one only within the box
// of the defect, and by at least as much as a person would notice.
//
// Promises: the same pictures, options and seed give the same defects, for any number
// of judges. Pictures that are passed in are not changed. Every figure is marked as
// synthetic. Detection rates leave out good pictures that do not PASS without a
// defect.
//
// Non-promises: planted defects are not real ones. They are local, so they do not
// represent wrong assembly or a texture that is wrong everywhere. Real defects may be
// harder to find than planted ones of the same size. The figures are a first estimate
// if there are no bad parts.
//
// Functions are safe for concurrent use. A Judge is used by one goroutine.
package challenge
