// Package address reads the addresses of cameras: one URI for each source.
//
//	rtsp://user:password@camera/stream#hardware=1
//	http://camera/shot.jpg#fps=2         MJPEG or a picture, told apart by the answer
//	v4l2:///dev/video0?width=1280&height=720&fps=30&format=MJPG
//	csi://0?width=1920&height=1080&fps=30&flip=2
//	gst://videotestsrc ! videoconvert ! appsink
//	file://night.mp4    dir://parts/?fps=5    a path of either
//	replay://recording/?speed=1          what `edge record` kept
//	testline://?seed=7                   the built-in belt
//
// Options follow "?"; for rtsp and http, whose query belongs to the camera, they follow
// "#".
//
// Promises: Parse reports every mistake in an address at once, with what is
// allowed and the nearest known option, and never repeats a password. It opens
// nothing and looks at no file. An Address hides its password wherever it is
// printed, logged or marshalled; only Text and Target hold it.
//
// Non-promises: an address without mistakes may still lead nowhere.
package address
