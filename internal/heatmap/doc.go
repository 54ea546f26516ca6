// Package heatmap draws where a picture is unlike a good one over the picture. It
// has the only palette: events, page, reports and explanations look alike.
//
//	var canvas heatmap.Canvas
//	drawn := canvas.Over(frame.Pix, frame.Width, frame.Height, region, levels, grid)
//	drawn, height := canvas.WithLegend(drawn, frame.Width, frame.Height)
//
// Levels are absolute: 0 is usual for good parts and stays clear, 1 is FAIL and is
// dark red. A colour means the same in every picture. It gets darker with the
// level, for those who do not tell red from yellow.
//
// Promises: the picture given is not changed, and what lies outside the region
// stays as it is. Non-promises: a map of a model that crops its input is drawn as
// if it showed the whole region. Functions are safe for concurrent use, and their
// result is the caller's. A Canvas belongs to one goroutine at a time; what it returns
// is valid until its next Over.
package heatmap
