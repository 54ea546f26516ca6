// Package jpeg reads the markers of JPEG pictures: where one ends in a stream of
// bytes, what size it claims, and its EXIF data.
//
//	var w jpeg.Walker
//	end, state := w.Walk(data) // again with more data while state is jpeg.More
//	header, err := jpeg.ReadHeader(data)
//
// It decodes nothing. Lengths in the data are never trusted beyond its end. Safe
// for concurrent use; a Walker belongs to one goroutine.
package jpeg
