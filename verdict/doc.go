// Package verdict turns a score and thresholds into a verdict. The station, edge eval
// and edge score all call it, so they cannot disagree.
//
//	v, reason := verdict.Decide(verdict.Score{Defect: 0.9, ReviewShare: 0.5}, verdict.Thresholds{Review: 0.4, Fail: 0.6})
//	// REVIEW, severity: 0.9 reaches the fail threshold, but only 0.45 of it
//	// belongs to defects that may fail a part
//
// Promises: Decide returns PASS, REVIEW or FAIL, and never INVALID. It never returns
// PASS for a score that is NaN. It allocates nothing. The strings of verdicts, reasons
// and severities are part of the public events and do not change.
//
// The package imports nothing, and everything is safe for concurrent use.
package verdict
