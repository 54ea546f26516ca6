#include "resample.h"
#include <immintrin.h>
#include <string.h>

#define AVX2 __attribute__((target("avx2")))

// Eight 32-bit lanes to bytes, in their order.
AVX2 static inline __m128i narrow(__m256i sum) {
	__m128i words = _mm_packs_epi32(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1));
	return _mm_packus_epi16(words, words);
}

// Four rows at once, so that the weights are loaded once for them: packed BGR
// in, four bytes a pixel out (the fourth is 0). Each step takes four input
// pixels, of which one lane gets the first two and the other the last two, as
// pairs of 16 bits a colour.
AVX2 static void four_rows(const uint8_t *const in[4], pristine_quick h, uint8_t *const out[4]) {
	const __m256i spread = _mm256_setr_epi8(
		0, -1, 3, -1, 1, -1, 4, -1, 2, -1, 5, -1, -1, -1, -1, -1,
		6, -1, 9, -1, 7, -1, 10, -1, 8, -1, 11, -1, -1, -1, -1, -1);
	const __m128i half = _mm_set1_epi32(1 << (h.bits - 1));
	const __m256i *w = (const __m256i *)h.weights;
	for (int32_t x = 0; x < h.size; x++) {
		int64_t at = 3 * (int64_t)h.first[x];
		__m256i sum[4] = {_mm256_setzero_si256(), _mm256_setzero_si256(), _mm256_setzero_si256(), _mm256_setzero_si256()};
		for (int32_t k = 0; k < h.steps; k++, at += 12) {
			__m256i weights = _mm256_loadu_si256(w++);
			for (int r = 0; r < 4; r++) {
				__m256i pixels = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(in[r] + at)));
				sum[r] = _mm256_add_epi32(sum[r], _mm256_madd_epi16(_mm256_shuffle_epi8(pixels, spread), weights));
			}
		}
		for (int r = 0; r < 4; r++) {
			__m128i s = _mm_add_epi32(_mm256_castsi256_si128(sum[r]), _mm256_extracti128_si256(sum[r], 1));
			s = _mm_srai_epi32(_mm_add_epi32(s, half), h.bits);
			s = _mm_packs_epi32(s, s);
			s = _mm_packus_epi16(s, s);
			int32_t pixel = _mm_cvtsi128_si32(s);
			memcpy(out[r] + 4 * x, &pixel, 4);
		}
	}
}

// One output row of n bytes, n a multiple of 16, from pairs of input rows.
AVX2 static void column(const uint8_t *in, int32_t count, const int16_t *weights, int32_t bits, int32_t n, uint8_t *out) {
	const __m256i half = _mm256_set1_epi32(1 << (bits - 1));
	for (int32_t x = 0; x < n; x += 16) {
		__m256i low = half, high = half;
		for (int32_t k = 0; k < count; k += 2) {
			int32_t pair;
			memcpy(&pair, weights + k, 4);
			__m256i w = _mm256_set1_epi32(pair);
			const uint8_t *p = in + (int64_t)k * n + x;
			__m128i a = _mm_loadu_si128((const __m128i *)p);
			// The weight beside the last of an odd count is 0: any row will do.
			__m128i b = k + 1 < count ? _mm_loadu_si128((const __m128i *)(p + n)) : a;
			low = _mm256_add_epi32(low, _mm256_madd_epi16(_mm256_cvtepu8_epi16(_mm_unpacklo_epi8(a, b)), w));
			high = _mm256_add_epi32(high, _mm256_madd_epi16(_mm256_cvtepu8_epi16(_mm_unpackhi_epi8(a, b)), w));
		}
		__m128i bytes = _mm_unpacklo_epi64(narrow(_mm256_srai_epi32(low, bits)), narrow(_mm256_srai_epi32(high, bits)));
		_mm_storeu_si128((__m128i *)(out + x), bytes);
	}
}

int pristine_quick_usable(void) { return __builtin_cpu_supports("avx2"); }

// A step of four_rows reads 16 bytes from a pixel of the row, or from one of
// the up to three that pad the last step.
#define OVERREAD 32

AVX2 void pristine_resample_quick(const uint8_t *pix, int64_t stride, int64_t bytes, int32_t row_bytes, int32_t row0, int32_t in_rows,
                                  const int32_t *h_first, const int16_t *h_weights, int32_t h_steps, int32_t h_bits, int32_t h_size,
                                  const int32_t *v_first, const int32_t *v_count, const int16_t *v_weights, int32_t v_taps, int32_t v_bits, int32_t v_size,
                                  uint8_t *rows, uint8_t *line, const float *table, float *out) {
	pristine_quick h = {h_first, h_weights, h_steps, h_bits, h_size};
	int32_t n = 4 * h.size;
	uint8_t *padded = line + n;
	for (int32_t y = 0; y < in_rows; y += 4) {
		const uint8_t *in[4];
		uint8_t *to[4];
		for (int r = 0; r < 4; r++) {
			int32_t at = y + r < in_rows ? y + r : in_rows - 1;
			int64_t offset = (row0 + at) * stride;
			to[r] = rows + (int64_t)at * n;
			in[r] = pix + offset;
			if (offset + row_bytes + OVERREAD > bytes) {
				in[r] = memcpy(padded + r * (row_bytes + OVERREAD), pix + offset, row_bytes);
			}
		}
		four_rows(in, h, to);
	}
	int64_t plane = (int64_t)h.size * v_size;
	for (int32_t y = 0; y < v_size; y++) {
		column(rows + (int64_t)(v_first[y] - row0) * n, v_count[y], v_weights + (int64_t)y * v_taps, v_bits, n, line);
		float *o = out + (int64_t)y * h.size;
		for (int32_t x = 0; x < h.size; x++) {
			o[x] = table[line[4 * x + 2]];
			o[plane + x] = table[256 + line[4 * x + 1]];
			o[2 * plane + x] = table[512 + line[4 * x]];
		}
	}
}
