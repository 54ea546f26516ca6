// Package polygon finds the pixels of a picture that lie within a rectangle or a
// polygon.
//
//	area := polygon.NewArea([]polygon.Point{{0.1, 0.1}, {0.9, 0.1}, {0.5, 0.9}})
//	mask := area.On(frame.Width, frame.Height)
//	for _, span := range mask.Row(y) { … frame.Pix[3*span.From : 3*span.To] … }
//
// Points are shares of the picture's size, so that a polygon fits pictures of
// every size. A pixel is within when at least half of it is; a polygon without
// points is the whole picture.
//
// Promises: a mask is made once for each size of pictures; using it allocates
// nothing. Non-promises: what a polygon that crosses itself encloses is undefined
// (Check finds it).
//
// An Area belongs to one goroutine; a Mask is safe for concurrent use.
package polygon
