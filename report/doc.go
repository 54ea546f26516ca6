// Package report makes the report of a period: counts, charts, rejects with pictures,
// labels and changes.
//
//	r, err := report.Build(ctx, history, report.Options{Period: history.Period{From: from, To: to}, Station: "plant/line-1/s1"})
//	err = r.HTML(w) // one self-contained file that prints well
//	err = r.JSON(w)
//	err = r.CSV(w)
//
// Promises: all three formats have the same content, from one Report. External text,
// such as part ids, is escaped in each, also for spreadsheets. Rates come with their n
// and a 95 % interval (Clopper and Pearson).
//
// Non-promises: at most MostRejects parts are listed, MostPictures of them with
// pictures. The counts include all parts.
package report
