#include "products.h"

// The compiler vectorises the inner loop for each of these processors, and the program
// takes the best one at its start. On arm64 there is one version: all have NEON.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define VERSIONS __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define VERSIONS
#endif

VERSIONS void products(const uint8_t *vectors, size_t n, size_t dim, const int16_t *query, int32_t *out)
{
	for (size_t i = 0; i < n; i++) {
		const uint8_t *v = vectors + i * dim;
		int32_t sum = 0;
		for (size_t k = 0; k < dim; k++)
			sum += (int16_t)(v[k] - 128) * query[k];
		out[i] = sum;
	}
}
