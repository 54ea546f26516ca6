// Package names learns from labelled examples what a defect is called.
//
//	c := names.Learn(examples)
//	kind, share := c.Name(&looks)
//
// An example is a kind and what the worst place of a picture looks like: vectors
// of the image encoder, and measures of the place. A linear classifier with a
// quadratic penalty (ridge regression on the kinds) is computed in closed form
// from some examples a kind. Leave-one-out, which ridge regression gives in closed
// form too, shows what the classifier says of an example that it has not learned:
// that gives the share of each kind (a softmax whose temperature is fitted to it),
// and whether the kinds can be told apart at all.
//
// Promises: the same examples, in any order, give the same names. A kind of which
// fewer than Least examples are known is never named. Nothing is named where
// leave-one-out is right no more often than by chance, or where the share of the
// likeliest kind is below LeastShare. Name allocates nothing. A Classifier does
// not change once learned and may be used by many goroutines.
//
// Non-promises: it knows the kinds that it was shown and no other. A defect of a
// new kind is often given the name of the kind that it resembles.
//
// Sources: ridge regression with leave-one-out in closed form (Allen, The
// Relationship between Variable Selection and Data Augmentation, 1974; Hastie,
// Tibshirani, Friedman, The Elements of Statistical Learning, section 7.10), the
// temperature (Guo et al., On Calibration of Modern Neural Networks, ICML 2017),
// smoothed targets (Platt, Probabilistic Outputs for Support Vector Machines, 1999).
package names
