// Package trial measures prompt sets on labelled pictures: what edge eval,
// calibrate and prompts rank have in common.
//
//	t, err := trial.Run(ctx, encoder, trial.Options{Data: set, Sets: banks})
//	r, err := t.Report(0)                      // figures of the first set
//	c, err := t.Compare([]string{"a.yaml", "b.yaml"}) // the second beside the first
//	k, err := t.Calibrate(targets, 0, seed)    // thresholds; t.Record writes them
//
// Promises: each picture is decoded and encoded once, however many sets and
// draws of references there are. No picture is measured that is a reference of
// any of the sets, so that all are measured on the same ones. A picture that
// cannot be read is an error, or is named in the report. The same seed gives the
// same figures.
//
// A Trial does not change once run and may be read from many goroutines. It
// keeps the map of each picture of the first set, and no pixels.
package trial
