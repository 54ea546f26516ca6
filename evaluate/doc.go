// Package evaluate measures how well scores separate good parts from defective ones,
// and chooses thresholds that the data supports.
//
//	figures := evaluate.Measure(outcomes, evaluate.Thresholds{Review: 0.4, Fail: 0.6})
//	choice, err := evaluate.Calibrate(good, bad, []evaluate.Target{target}, seed)
//
// Higher scores mean worse parts. Ties count as half, as in scikit-learn. Overkill is
// the share of good parts that FAIL, escape the share of bad parts that PASS. A part
// that is unknown is REVIEW and counts as neither.
//
// Promises: no picture is silently left out of a figure. An interval contains the true
// rate in at least 95 % of cases, for any distribution of the scores and also at
// thresholds that Calibrate chose. The same seed gives the same numbers.
//
// Non-promises: the intervals are valid only if the pictures are representative of the
// line.
//
// Functions are pure and safe for concurrent use. They do not change or keep slices
// that are passed in.
package evaluate
