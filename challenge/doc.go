// Package challenge plants synthetic defects into good pictures of a part and
// measures which of them an inspection finds. It needs no defective part.
//
//	report, err := challenge.Run(ctx, pictures, challenge.Options{Judges: judges, Seed: 1})
//	report.Kinds[0].Smallest // the smallest scratch that is found
//
// A defect is planted on the part, not in the background: Part tells the two
// apart by what the borders of the pictures have in common. The defects are
// those of Kinds, each in a ladder of sizes. A planted picture differs from the
// good one within the box of the defect only, and by no less than what a person
// would notice there.
//
// Promises: the same pictures, options and seed give the same defects, whatever
// the number of judges. Pictures that are passed in are not changed. Every
// figure is marked as synthetic. A good picture that does not PASS by itself
// counts in no figure of what was found.
//
// Non-promises: a planted defect is no real one. Planted defects are local, so
// they say nothing about wrong assembly or about a texture that is wrong
// everywhere; real defects may be harder to find than planted ones of the same
// size. The figures are a first estimate where no bad parts exist.
//
// Functions are safe for concurrent use. A Judge is used by one goroutine.
package challenge
