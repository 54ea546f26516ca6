// Package ffmpeg reads network streams and video files with FFmpeg's libraries.
//
//	source, err := ffmpeg.Open("rtsp://camera/stream", ffmpeg.Options{})
//	err = source.Read(ctx, &frame)
//
// OpenCV's reader also uses these libraries, but has faults. It creates its converter
// for the first frame only, and reads foreign memory when the size or the pixel format
// changes (opencv/opencv#27116, #29699). It swaps rotations by 90° and 270°
// (opencv/opencv#22088), ignores a stream's colour matrix, and does not report damaged
// frames.
//
// Small streams are decoded by one thread. FFmpeg's frame threads would hold back one
// frame each, which at 5 frames/s on four cores is most of a second, and save no core
// time.
//
// Promises: each frame has its coded size and the orientation that the stream
// requests, even after a change. Frames that the decoder had to conceal, and frames
// that refer to them, have Damaged set. Opens and reads end at their time-outs and with
// their context. Errors are causes of package capture and hide credentials. In steady
// state no frame allocates.
//
// Non-promises: damage that the decoder does not detect is not reported. Pixel aspect
// ratios are ignored.
//
// A source belongs to one goroutine and owns FFmpeg's memory.
package ffmpeg
