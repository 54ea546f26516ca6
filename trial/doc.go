// Package trial measures prompt sets on labelled pictures, for edge eval, calibrate
// and prompts rank.
//
//	t, err := trial.Run(ctx, encoder, trial.Options{Data: set, Sets: banks})
//	r, err := t.Report(0)                      // figures of the first set
//	c, err := t.Compare([]string{"a.yaml", "b.yaml"}) // the second beside the first
//	k, err := t.Calibrate(targets, 0, seed)    // thresholds; t.Record writes them
//
// Promises: each picture is decoded and encoded once, for any number of sets and draws
// of references. Pictures that are references of any of the sets are not measured, so
// that all sets are measured on the same pictures. A picture that cannot be read is an
// error or is listed in the report. The same seed gives the same figures.
//
// A Trial is immutable after Run and safe for concurrent use. It keeps the map of each
// picture of the first set, and no pixels.
package trial
