// reader decodes the video of one stream or file with FFmpeg. It belongs to one
// thread; reader_interrupt alone may be called from any.
#ifndef PRISTINE_READER_H
#define PRISTINE_READER_H

#include <stdint.h>

typedef struct reader reader;

// picture is a decoded frame before it is upright.
typedef struct {
	int width, height;
	int orientation; // 1 to 8, as EXIF numbers them
	int damaged;     // the decoder concealed or lost a part of it, or all of it: width is 0 then
	uint8_t *bgr;    // once it is converted; memory of the reader is valid until the next call
	int stride;      // bytes between two rows of bgr
} picture;

// Results beside FFmpeg's own, which are negative.
enum {
	READER_OK,
	READER_END,
	READER_TIMEOUT,
	READER_INTERRUPTED,
	READER_NO_VIDEO,
	READER_NO_CODEC,
	READER_UNREADABLE, // no frame in very many packets
	READER_GOES_ON,    // the video ended, and another one began
};

reader *reader_new(void);
// reader_open opens a URL, once. A live one is a camera's: its frames are not held back.
// A time of 0 waits without limit.
int reader_open(reader *r, const char *url, int live, int64_t open_ms, int64_t read_ms, int hardware);
// reader_next decodes the next frame.
int reader_next(reader *r, picture *p);
// reader_convert converts it to BGR: into memory of the caller's, where the rows stand
// without gaps, or into its own where that is NULL.
int reader_convert(reader *r, picture *p, uint8_t *into);
void reader_interrupt(reader *r, int on);
void reader_close(reader *r);
void reader_error(int code, char *text, int size);

#endif
