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

// The horizontal pass for instructions that multiply pairs of 16 bits: steps
// of four input samples, each with 16 weights (w0 w1 four times, then w2 w3
// four times), of which `bits` are the fraction.
typedef struct {
	const int32_t *first;
	const int16_t *weights; // 16·steps a sample
	int32_t steps;
	int32_t bits;
	int32_t size;
} pristine_quick;

// Whether this processor can run pristine_resample_quick.
int pristine_quick_usable(void);

// As pristine_resample, with weights of 16 bits, about ten times as fast
// (go test ./infer -run '^$' -bench Preprocess).
// h_size is a multiple of 4, v_taps even. rows is scratch as above; line has
// 4·h_size + 4·(row_bytes + 32) bytes. row_bytes is the width of a row that is
// read, 3 bytes a pixel.
void pristine_resample_quick(const uint8_t *pix, int64_t stride, int64_t bytes, int32_t row_bytes, int32_t row0, int32_t in_rows,
                             const int32_t *h_first, const int16_t *h_weights, int32_t h_steps, int32_t h_bits, int32_t h_size,
                             const int32_t *v_first, const int32_t *v_count, const int16_t *v_weights, int32_t v_taps, int32_t v_bits, int32_t v_size,
                             uint8_t *rows, uint8_t *line, const float *table, float *out);
