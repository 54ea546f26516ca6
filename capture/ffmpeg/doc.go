// Package ffmpeg reads network streams and video files with FFmpeg's libraries.
//
//	source, err := ffmpeg.Open("rtsp://camera/stream", ffmpeg.Options{})
//	err = source.Read(ctx, &frame)
//
// OpenCV's own reader makes its converter for the first frame and keeps it: when
// the size or the pixel format changes, it reads memory that is not the frame's
// (opencv/opencv#27116, #29699); it turns 90° and 270° the wrong way round
// (opencv/opencv#22088), ignores which matrix a stream's colours were made with,
// and does not say that a frame was damaged. So the same libraries are called here
// without it.
//
// A stream of up to 1080p at 30 frames/s is decoded by one thread. FFmpeg's frame threads
// would hold back a frame each, which at 5 frames/s on four cores is most of a second,
// and save no core time.
//
// Promises: each frame has the size that was coded, shown the way round that the
// stream asks for, whatever came before it. A frame that the decoder had to patch,
// and those that refer to it, have Damaged set. Opens and reads end at their
// time-outs and with their context. Errors are causes of package capture and hide
// credentials. Nothing is allocated a frame in steady state.
//
// Non-promises: damage that the decoder does not notice cannot be told; pixel
// aspect ratios are ignored, as a viewer of single pictures ignores them.
//
// A source belongs to one goroutine and owns what FFmpeg allocates.
package ffmpeg
