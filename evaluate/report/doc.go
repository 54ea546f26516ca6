// Package report tells what a measurement came to: to people as a table of 80
// columns and as one HTML file, to machines as JSON.
//
//	r := report.New(draws, thresholds)
//	r.WriteTable(os.Stdout)
//	err := r.WriteHTML(file)
//
// The charts are SVG written by html/template: they follow the reader's light
// or dark scheme, print, and need no script, where a chart library would bring
// a megabyte of it.
//
// Promises: the HTML file refers to nothing outside itself and holds no script;
// what comes from file names and prompt sets is escaped. Figures of several
// draws are means; an interval is the widest of the draws'.
package report
