package prompts

import (
	"fmt"
	"slices"
)

// backdropOff is how many standard deviations of good patches are taken off a map where
// a picture shows the backdrop as the references do: what lies around parts varies, and
// is no defect of them. With four references, on sets of photos and on
// rendered lots, 2 won half a point of AUROC in the mean; 1 won half of that where it
// was tried (docs/benchmarks.md).
const backdropOff = 2

// missingOn is how much is added to a map where a picture shows the backdrop and no
// reference does, not even near: a piece is missing there, though the nearest patch
// looks like that. It won up to 0.6 points of AUROC where pieces are missing, lost up
// to 0.5 on parts that lie anyhow, and nothing in the mean of photos and of lots.
const missingOn = 4

// missingNear is how many patches off a reference may show the backdrop, as parts
// never lie quite alike.
const missingNear = 2

// leastGap is how much farther from the border of the others' views patches of parts
// must lie in the mean than patches of the backdrop. Parts before a backdrop showed
// 0.26 to 0.77, sheets that fill the view 0.12 to 0.24.
const leastGap = 0.25

// mostAtBorder is the share of the border that may show parts.
const mostAtBorder = 0.1

// backdrop is what parts lie before: what good pictures show along the border of the
// view, where that is unlike the rest. The zero backdrop is none.
type backdrop struct {
	memory    []float32 // [rows, dim+1]: patches of the whole picture along the border
	near, far float64   // mean distances from there: of the backdrop's patches, of the part's
	off       []float32 // by patch: what is taken off the map where it shows the backdrop
}

// learnBackdrop finds the backdrop of good pictures, which are at the level of the
// scale, and returns as well, for each of their patches, how sure it is backdrop.
func (s *scale) learnBackdrop(m Matcher, good []*Observation) (b backdrop, sure []float32, err error) {
	patches := s.patches()
	if len(good) == 1 || s.level == nil {
		return b, nil, nil
	}
	var memory []float32
	for _, o := range good {
		features, _ := s.of(o)
		for i := range patches {
			if atBorder(i, s.grid) {
				memory = rows(memory, features[i*s.dim:][:s.dim], s.dim, noBonus)
			}
		}
	}
	distances, size := make([]float32, len(good)*patches), len(memory)/len(good)
	for i, o := range good {
		features, _ := s.of(o)
		others := slices.Concat(memory[:i*size], memory[(i+1)*size:])
		own := distances[i*patches:][:patches]
		if err := m.MaxCosine(rows(nil, features, s.dim, looked), others, s.dim+1, own); err != nil {
			return b, nil, fmt.Errorf("find what parts lie before: %w", err)
		}
		for k, c := range own {
			own[k] = distance(c)
		}
	}
	near, far, parts := s.divide(distances)
	if far-near < leastGap || parts > mostAtBorder {
		return b, nil, nil
	}
	b = backdrop{memory: memory, near: near, far: far}
	for i, d := range distances {
		distances[i] = b.sureness(d)
	}
	b.off = offBackdrop(distances, s.grid, len(good))
	return b, distances, nil
}

// offBackdrop returns what is taken off a map where it shows the backdrop, from how
// sure it is of each patch of good pictures but the one with the number without.
func offBackdrop(sure []float32, grid [2]int, without int) []float32 {
	patches := grid[0] * grid[1]
	shown, most := make([]float32, patches), make([]float32, patches)
	pictures := float32(0)
	for i := 0; i*patches < len(sure); i++ {
		if i == without {
			continue
		}
		pictures++
		for k, v := range sure[i*patches:][:patches] {
			shown[k] += v
			most[k] = max(most[k], v)
		}
	}
	off := make([]float32, patches)
	for i := range off {
		near := float32(0)
		row, column := i/grid[1], i%grid[1]
		for y := max(row-missingNear, 0); y <= min(row+missingNear, grid[0]-1); y++ {
			for x := max(column-missingNear, 0); x <= min(column+missingNear, grid[1]-1); x++ {
				near = max(near, most[y*grid[1]+x])
			}
		}
		off[i] = backdropOff*shown[i]/pictures - missingOn*(1-near)
	}
	return off
}

// noBonus stands behind features that are remembered as they are.
func noBonus(int) float32 { return 0 }

// divide divides distances of patches of good pictures, one picture after the other,
// from the border of the others: it returns the means of either group, and the share
// of the border that belongs to the farther one.
func (s *scale) divide(distances []float32) (near, far, parts float64) {
	at, border := between(distances), 0.0
	var count, sum [2]float64
	for i, d := range distances {
		group := 0
		if d > at {
			group = 1
		}
		count[group]++
		sum[group] += float64(d)
		if atBorder(i%s.patches(), s.grid) {
			border++
			parts += float64(group)
		}
	}
	if count[1] == 0 {
		return 0, 0, 0
	}
	return sum[0] / count[0], sum[1] / count[1], parts / border
}

// atBorder reports whether a cell lies along the border of its grid.
func atBorder(cell int, grid [2]int) bool {
	row, column := cell/grid[1], cell%grid[1]
	return row == 0 || column == 0 || row == grid[0]-1 || column == grid[1]-1
}

// sureness returns how sure a patch is backdrop that lies so far from it, 0 to 1.
func (b *backdrop) sureness(distance float32) float32 {
	return float32(min(max((b.far-float64(distance))/(b.far-b.near), 0), 1))
}

// backdropOf writes, for each patch of the whole picture, by how much the map is
// lower for the backdrop, or higher for a missing piece.
func (r *References) backdropOf(to, queries []float32) ([]float32, error) {
	b := &r.backdrop
	if len(b.memory) == 0 {
		return to[:0], nil
	}
	to = grow(to, len(b.off))
	if err := r.matcher.MaxCosine(queries, b.memory, r.dim+1, to); err != nil {
		return nil, err
	}
	for i, c := range to {
		to[i] = b.off[i] * b.sureness(distance(c))
	}
	return to, nil
}

// backdropOfGood is backdropOf for the i-th good picture beside the others.
func (r *References) backdropOfGood(sure []float32, i int) []float32 {
	if len(r.backdrop.memory) == 0 {
		return nil
	}
	off := offBackdrop(sure, r.grid, i)
	for k := range off {
		off[k] *= sure[i*len(off)+k]
	}
	return off
}

// dimBackdrop takes off a joined map what backdropOf says.
func (r *References) dimBackdrop(joined, off []float32) {
	if len(off) == 0 {
		return
	}
	for i := range joined {
		joined[i] -= off[cell(i, r.finest().grid, r.grid)]
	}
}
