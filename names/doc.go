// Package names learns from labelled examples what a defect is called.
//
//	c := names.Learn(examples)
//	kind, share := c.Name(&looks)
//
// An example is a kind and what the worst place of a picture looks like: vectors
// of the image encoder, and measures of the place. A linear classifier with a
// quadratic penalty (ridge regression on the kinds) is computed in closed form
// from some examples a kind. Stratified cross-validation shows what it says of
// examples that it has not learned: that gives the share of each kind (a softmax
// whose temperature is fitted to it), and whether the kinds can be told apart at all.
//
// Promises: the same examples, in any order, give the same names. A kind of which
// fewer than Least examples are known is never named. Nothing is named where
// cross-validation is right no more often than by chance, or where the share of the
// likeliest kind is below LeastShare. Name allocates nothing. A Classifier does
// not change once learned and may be used by many goroutines.
//
// Non-promises: it knows the kinds that it was shown and no other. A defect of a
// new kind is often given the name of the kind that it resembles.
//
// Sources: ridge regression on class indicators (Hastie, Tibshirani, Friedman, The
// Elements of Statistical Learning, sections 3.4 and 4.2), stratified
// cross-validation (Kohavi, A Study of Cross-Validation and Bootstrap for Accuracy
// Estimation and Model Selection, IJCAI 1995), the temperature (Guo et al., On Calibration of Modern Neural Networks, ICML 2017),
// smoothed targets (Platt, Probabilistic Outputs for Support Vector Machines, 1999).
package names
