// Package report writes the results of a measurement as a table of 80 columns, as one
// HTML file, and as JSON.
//
//	r := report.New(draws, thresholds)
//	r.WriteTable(os.Stdout)
//	err := r.WriteHTML(file)
//
// The charts are SVG, written by html/template. They follow the reader's light or dark
// scheme, can be printed, and need no script. A chart library would add a megabyte of
// script.
//
// Promises: the HTML file is self-contained and has no script. Text from file names and
// prompt sets is escaped. Figures of several draws are means; an interval is the widest
// of the draws.
package report
