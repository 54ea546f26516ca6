// Package study is the measurement-system study of attributes: the same parts, judged
// several times by each appraiser, held against what is true of them.
//
//	result, err := study.Analyse(readings) // part, truth, appraiser, trial, bad
//
// It follows the attribute study of AIAG, Measurement Systems Analysis, 4th edition,
// chapter III section C: kappa (Cohen, 1960; Fleiss, 1971), effectiveness, miss rate
// and false-alarm rate, with the limits of its table.
//
// Promises: every rate has its n. Non-promises: it takes no part out; a part that one
// appraiser judged less often than another is an error.
//
// Functions are pure, and safe for concurrent use.
package study
