#include <stdint.h>

// One output sample of a pass: the first input sample, how many there are, and
// their weights in fixed point.
typedef struct {
	const int32_t *first;
	const int32_t *count;
	const int32_t *weights; // taps a sample
	int32_t taps;
	int32_t size;
} pristine_pass;

// Resizes packed BGR to RGB planes of h_size × v_size, normalised by a table of
// 3×256 floats. rows is scratch of in_rows·h_size·4 bytes; acc of h_size·4.
// The passes come as plain arguments: Go may not pass a struct that points to
// its memory.
void pristine_resample(const uint8_t *pix, int64_t stride, int64_t bytes, int32_t row0, int32_t in_rows,
                       const int32_t *h_first, const int32_t *h_count, const int32_t *h_weights, int32_t h_taps, int32_t h_size,
                       const int32_t *v_first, const int32_t *v_count, const int32_t *v_weights, int32_t v_taps, int32_t v_size,
                       uint8_t *rows, int32_t *acc, const float *table, float *out);
