package prompts

import "slices"

// otsu returns the upper end of the lower of two groups, split by Otsu's method.
func otsu(values []float32) float32 {
	sorted, total := slices.Clone(values), 0.0
	slices.Sort(sorted)
	for _, v := range sorted {
		total += float64(v)
	}
	at, most, lower := sorted[0], 0.0, 0.0
	for i, v := range sorted[:len(sorted)-1] {
		lower += float64(v)
		n, rest := float64(i+1), float64(len(sorted)-i-1)
		apart := (total-lower)/rest - lower/n
		if variance := n * rest * apart * apart; variance > most {
			at, most = v, variance
		}
	}
	return at
}
