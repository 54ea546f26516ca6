// Package names learns the names of defects from labelled examples.
//
//	c := names.Learn(examples)
//	kind, share := c.Name(&looks)
//
// An example is a kind and the appearance of the worst place of a picture: vectors of
// the image encoder, and measures of the place. The classifier is a ridge regression
// on the kinds, computed in closed form from a few examples of each. Stratified
// cross-validation gives its scores on held-out examples. They determine the
// temperature of a softmax, which is the share of each kind, and whether the kinds
// can be distinguished at all.
//
// Promises: the same examples, in any order, give the same names. A kind with fewer
// than Least examples is never named. Nothing is named if cross-validation is no
// better than chance, or if the share of the likeliest kind is below LeastShare. Name
// allocates nothing. A Classifier is immutable and safe for concurrent use.
//
// Non-promises: it knows only the kinds of its examples. A defect of a new kind often
// gets the name of a similar kind.
//
// Sources: ridge regression on class indicators (Hastie, Tibshirani, Friedman, The
// Elements of Statistical Learning, sections 3.4 and 4.2), stratified
// cross-validation (Kohavi, A Study of Cross-Validation and Bootstrap for Accuracy
// Estimation and Model Selection, IJCAI 1995), the temperature (Guo et al., On Calibration of Modern Neural Networks, ICML 2017),
// smoothed targets (Platt, Probabilistic Outputs for Support Vector Machines, 1999).
package names
