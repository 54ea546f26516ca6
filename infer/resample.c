#include "resample.h"
#include <string.h>

// Bits of the weights' fraction: Pillow's 32 − 8 − 2 (its Resample.c), so that
// rounding falls as it does there.
#define BITS 22
#define HALF (1 << (BITS - 1))

#if defined(__x86_64__)
#define CLONES __attribute__((target_clones("avx2", "default")))
#else
#define CLONES
#endif

typedef int32_t lanes __attribute__((vector_size(16)));
typedef uint8_t quad __attribute__((vector_size(4)));

static inline uint8_t clip(int32_t v) {
	v >>= BITS;
	return v < 0 ? 0 : v > 255 ? 255 : (uint8_t)v;
}

// One row: packed BGR in, four bytes a pixel out (the fourth is unused).
// Pixels are loaded as four bytes; safe tells up to which input pixel that
// stays inside the picture.
CLONES static void row(const uint8_t *in, int32_t safe, pristine_pass h, uint8_t *out) {
	for (int32_t x = 0; x < h.size; x++) {
		const int32_t *w = h.weights + (int64_t)x * h.taps;
		int32_t first = h.first[x], count = h.count[x];
		const uint8_t *p = in + 3 * (int64_t)first;
		lanes sum = {HALF, HALF, HALF, HALF};
		int32_t quick = first + count <= safe ? count : safe - first;
		int32_t k = 0;
		for (; k < quick; k++, p += 3) {
			quad b;
			memcpy(&b, p, 4);
			sum += __builtin_convertvector(b, lanes) * w[k];
		}
		for (; k < count; k++, p += 3) {
			lanes b = {p[0], p[1], p[2], 0};
			sum += b * w[k];
		}
		for (int c = 0; c < 3; c++) out[4 * x + c] = clip(sum[c]);
	}
}

CLONES static void add(int32_t *acc, const uint8_t *in, int32_t weight, int32_t n) {
	for (int32_t i = 0; i < n; i++) acc[i] += in[i] * weight;
}

void pristine_resample(const uint8_t *pix, int64_t stride, int64_t bytes, int32_t row0, int32_t in_rows,
                       const int32_t *h_first, const int32_t *h_count, const int32_t *h_weights, int32_t h_taps, int32_t h_size,
                       const int32_t *v_first, const int32_t *v_count, const int32_t *v_weights, int32_t v_taps, int32_t v_size,
                       uint8_t *rows, int32_t *acc, const float *table, float *out) {
	pristine_pass h = {h_first, h_count, h_weights, h_taps, h_size}, v = {v_first, v_count, v_weights, v_taps, v_size};
	int32_t n = 4 * h.size;
	for (int32_t y = 0; y < in_rows; y++) {
		int64_t offset = (row0 + y) * stride;
		int64_t safe = (bytes - offset - 1) / 3;
		row(pix + offset, safe > INT32_MAX ? INT32_MAX : (int32_t)safe, h, rows + (int64_t)y * n);
	}
	int64_t plane = (int64_t)h.size * v.size;
	for (int32_t y = 0; y < v.size; y++) {
		for (int32_t i = 0; i < n; i++) acc[i] = HALF;
		for (int32_t k = 0; k < v.count[y]; k++)
			add(acc, rows + (int64_t)(v.first[y] - row0 + k) * n, v.weights[(int64_t)y * v.taps + k], n);
		float *o = out + (int64_t)y * h.size;
		for (int32_t x = 0; x < h.size; x++) {
			o[x] = table[clip(acc[4 * x + 2])];
			o[plane + x] = table[256 + clip(acc[4 * x + 1])];
			o[2 * plane + x] = table[512 + clip(acc[4 * x])];
		}
	}
}
