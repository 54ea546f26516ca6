package prompts

import (
	"fmt"
	"slices"
)

// backdropOff is how much the map is lowered, in standard deviations of good patches,
// where both a picture and its references show the backdrop. The surroundings of a part
// vary and are not its defects. With four references 2 gained half a point of AUROC in
// the mean, on sets of photos and on rendered lots. 1 gained half of that where it was
// tried (docs/benchmarks.md).
const backdropOff = 2

// missingOn is how much the map is raised where a picture shows the backdrop and no
// reference does nearby: a piece is missing. Nearest-neighbour matching misses this,
// since the backdrop is good elsewhere. It gained up to 0.6 points of AUROC on parts
// with missing pieces and lost up to 0.5 on parts without a fixed orientation. The means
// of photos and of lots did not change.
const missingOn = 4

// missingNear is the distance, in patches, within which a reference may show the
// backdrop instead. It allows for parts that are placed a little differently.
const missingNear = 2

// leastGap is the smallest difference between the mean distances of part patches and of
// backdrop patches to the border patches of the other references. Parts in front of a
// backdrop have 0.26 to 0.77, sheets that fill the view 0.12 to 0.24.
const leastGap = 0.25

// mostAtBorder is the largest share of the border that may show parts.
const mostAtBorder = 0.1

// backdrop describes what surrounds the part: what good pictures show along the border
// of the view, if it differs from the rest. The zero value means that there is none.
type backdrop struct {
	memory    []float32 // [rows, dim+1]: patches of the whole picture along the border
	near, far float64   // mean distances to memory: of backdrop patches, of part patches
	off       []float32 // by patch: subtracted from the map if the patch shows the backdrop
}

// learnBackdrop finds the backdrop of levelled good pictures. It also returns, for each
// of their patches, the confidence in [0, 1] that it shows the backdrop.
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
				memory = rows(memory, features[i*s.dim:][:s.dim], s.dim, noBonusColumn)
			}
		}
	}
	distances, size := make([]float32, len(good)*patches), len(memory)/len(good)
	for i, o := range good {
		features, _ := s.of(o)
		others := slices.Concat(memory[:i*size], memory[(i+1)*size:])
		own := distances[i*patches:][:patches]
		if err := m.MaxCosine(rows(nil, features, s.dim, queryColumn), others, s.dim+1, own); err != nil {
			return b, nil, fmt.Errorf("find the backdrop: %w", err)
		}
		for k, c := range own {
			own[k] = distance(c)
		}
	}
	near, far, parts := s.splitByBorder(distances)
	if far-near < leastGap || parts > mostAtBorder {
		return b, nil, nil
	}
	b = backdrop{memory: memory, near: near, far: far}
	for i, d := range distances {
		distances[i] = b.confidence(d)
	}
	b.off = offBackdrop(distances, s.grid, len(good))
	return b, distances, nil
}

// offBackdrop returns backdrop.off, computed from the confidences of all good pictures
// except the one with the index without.
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

// noBonusColumn returns the bonus of rows that have none.
func noBonusColumn(int) float32 { return 0 }

// splitByBorder splits the patches of all good pictures into two groups by their distances to
// the border of the others. It returns the mean of each group and the share of the
// border that belongs to the farther one.
func (s *scale) splitByBorder(distances []float32) (near, far, parts float64) {
	at, border := otsu(distances), 0.0
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

// atBorder reports whether a cell is at the border of its grid.
func atBorder(cell int, grid [2]int) bool {
	row, column := cell/grid[1], cell%grid[1]
	return row == 0 || column == 0 || row == grid[0]-1 || column == grid[1]-1
}

// confidence returns the confidence, in [0, 1], that a patch at that distance shows the
// backdrop.
func (b *backdrop) confidence(distance float32) float32 {
	return float32(min(max((b.far-float64(distance))/(b.far-b.near), 0), 1))
}

// backdropOf writes, for each patch of the whole picture, how much to subtract from the
// map: positive for the backdrop, negative for a missing piece.
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
		to[i] = b.off[i] * b.confidence(distance(c))
	}
	return to, nil
}

// backdropOfGood is the leave-one-out backdropOf for the i-th good picture.
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

// dimBackdrop subtracts the result of backdropOf from a joined map.
func (r *References) dimBackdrop(joined, off []float32) {
	if len(off) == 0 {
		return
	}
	for i := range joined {
		joined[i] -= off[cell(i, r.finest().grid, r.grid)]
	}
}
