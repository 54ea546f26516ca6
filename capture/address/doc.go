// Package address reads the addresses of cameras: one URI for each source.
//
//	rtsp://user:password@camera/stream#hardware=1
//	http://camera/shot.jpg#fps=2         MJPEG or a picture, by the response
//	v4l2:///dev/video0?width=1280&height=720&fps=30&format=MJPG
//	csi://0?width=1920&height=1080&fps=30&flip=2
//	gst://videotestsrc ! videoconvert ! appsink
//	file://night.mp4    dir://parts/?fps=5    a path of either
//	replay://recording/?speed=1          a recording by `edge record`
//	testline://?seed=7                   the built-in belt
//
// Options follow "?". For rtsp and http they follow "#", since the query belongs to the
// camera.
//
// Promises: Parse reports every mistake in an address at once, with the allowed values
// and the nearest known option, and never repeats a password. It opens nothing and reads
// no file. An Address hides its password wherever it is printed, logged or marshalled;
// only Text and Target contain it.
//
// Non-promises: a valid address need not exist.
package address
