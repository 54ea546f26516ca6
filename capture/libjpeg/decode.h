#ifndef PRISTINE_DECODE_H
#define PRISTINE_DECODE_H

#include <stddef.h>

typedef struct {
	int failed;      // decoding ended early, and what is missing is black; text says why
	int foreign;     // because this kind of JPEG is not known
	int damaged;     // the scan lost data: pixels are guessed; text says which
	int extraneous;  // bytes between the scan and a marker, at most at one place
	char text[200];  // libjpeg's own words
} outcome;

// decode writes width × height pixels of packed BGR, or of CMYK where components
// is 4. The picture must have this size.
void decode_jpeg(const unsigned char *data, size_t size, unsigned char *out, int width, int height, int components, outcome *o);

#endif
