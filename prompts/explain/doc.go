// Package explain shows which references a picture is most similar to.
// prompts.Bank.Texts does the same for texts.
//
//	near, err := explain.References(matcher, &observation, references)
//
// Promises: cosines are of unit vectors, in [−1, 1]. Comparing vectors of two bundles
// is an error.
//
// Functions keep no state, and are as safe for concurrent use as the matcher.
package explain
