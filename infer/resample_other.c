//go:build !amd64

#include "resample.h"

int pristine_quick_usable(void) { return 0; }

void pristine_resample_quick(const uint8_t *pix, int64_t stride, int64_t bytes, int32_t row_bytes, int32_t row0, int32_t in_rows,
                             const int32_t *h_first, const int16_t *h_weights, int32_t h_steps, int32_t h_bits, int32_t h_size,
                             const int32_t *v_first, const int32_t *v_count, const int16_t *v_weights, int32_t v_taps, int32_t v_bits, int32_t v_size,
                             uint8_t *rows, uint8_t *line, const float *table, float *out) {}
