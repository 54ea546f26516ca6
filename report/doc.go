// Package report says how a period went: counts, charts, rejects with pictures, what
// people said of the parts, and what was changed.
//
//	r, err := report.Build(ctx, history, report.Options{Period: history.Period{From: from, To: to}, Station: "plant/line-1/s1"})
//	err = r.HTML(w) // one file, with nothing from elsewhere, that prints well
//	err = r.JSON(w)
//	err = r.CSV(w)
//
// Promises: the three forms hold the same; they are made from one Report. What comes
// from outside, such as part ids, is inert in each, also in a spreadsheet. Rates come
// with their n and a 95 % interval (Clopper and Pearson).
//
// Non-promises: at most MostRejects parts are listed, and MostPictures of them are
// shown; the counts hold all.
package report
