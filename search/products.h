#include <stddef.h>
#include <stdint.h>

// products writes out[i] = sum of (vectors[i][k] - 128) * query[k], for n vectors of dim
// bytes. The sums must fit 32 bits.
void products(const uint8_t *vectors, size_t n, size_t dim, const int16_t *query, int32_t *out);
