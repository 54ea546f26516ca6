// Package evaluate measures how well scores tell good parts from defective
// ones, and chooses thresholds that the data can support.
//
//	figures := evaluate.Measure(outcomes, evaluate.Thresholds{Review: 0.4, Fail: 0.6})
//	choice, err := evaluate.Calibrate(good, bad, []evaluate.Target{target}, seed)
//
// Higher scores mean worse parts. Ties count as half, as scikit-learn counts
// them. Overkill is the share of good parts that FAIL, escape the share of bad
// parts that PASS; a part that is unknown is under REVIEW and is neither.
//
// Promises: no picture is left out of a figure silently. An interval holds the
// true rate in at least 95 % of cases, for thresholds that Calibrate chose too,
// whatever the distribution of the scores. The same seed gives the same
// numbers.
//
// Non-promises: pictures that are not like those of the line say nothing about
// the line; no interval covers that.
//
// Functions are pure and safe for concurrent use; slices that are passed in are
// not changed or kept.
package evaluate
