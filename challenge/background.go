package challenge

import (
	"math"
	"math/rand/v2"
	"slices"
)

// background describes the borders of all pictures.
type background struct {
	looks []look
	found []float64 // scratch
}

// limit returns the distance within which a cell is background.
func (b *background) limit() float64 {
	if len(b.looks) == 0 {
		return 0
	}
	b.thin()
	all := make([]float64, len(b.looks))
	for i, l := range b.looks {
		all[i] = b.nearest(l)
	}
	slices.Sort(all)
	const least = 6 // grey levels: noise of a camera
	return max(1.7*all[int(likeBorder*float64(len(all)-1))], least)
}

// thin reduces the looks to a sample of at most 400.
func (b *background) thin() {
	const most = 400
	if len(b.looks) > most {
		r := rand.New(rand.NewPCG(1, 0)) // always the same choice
		r.Shuffle(len(b.looks), func(i, j int) { b.looks[i], b.looks[j] = b.looks[j], b.looks[i] })
		b.looks = b.looks[:most]
	}
}

// nearest returns the distance to the k-th nearest look, where k looks make a
// background.
func (b *background) nearest(l look) float64 {
	if len(b.looks) == 0 {
		return math.Inf(1)
	}
	b.found = b.found[:0]
	for _, c := range b.looks {
		b.found = append(b.found, l.distance(c))
	}
	slices.Sort(b.found)
	return b.found[int(ofBorder*float64(len(b.found)-1))]
}

// gap returns the value that splits values into two groups with the least
// variance within them (Otsu, 1979).
func gap(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	total, below := 0.0, 0.0
	for _, v := range sorted {
		total += v
	}
	best, at := -1.0, 0.0
	for i, v := range sorted[:max(len(sorted)-1, 0)] {
		below += v
		n, m := float64(i+1), float64(len(sorted)-i-1)
		d := below/n - (total-below)/m
		if between := n * m * d * d; between > best {
			best, at = between, (v+sorted[i+1])/2
		}
	}
	return at
}
