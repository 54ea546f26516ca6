// Package evaluate measures how well scores tell good parts from defective
// ones.
//
//	auroc := evaluate.AUROC(good, bad)
//	low, high := evaluate.Wilson(2, 100)
//
// Higher scores mean worse parts. Ties count as half, as scikit-learn counts
// them. Functions are pure and safe for concurrent use.
package evaluate
