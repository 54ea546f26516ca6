package challenge

import "slices"

// clean keeps the connected pieces that are at least a fifth of the largest. If a piece
// of about the same size is entirely in view, it drops those that the border cuts: they
// belong to neighbouring parts.
func (a *Area) clean() {
	label, sizes, cut := make([]int, len(a.on)), []int{0}, []bool{false}
	for at := range a.on {
		if a.on[at] && label[at] == 0 {
			n := len(sizes)
			sizes, cut = append(sizes, a.flood(at, n, label)), append(cut, false)
		}
	}
	for at, n := range label {
		cut[n] = cut[n] || n > 0 && a.within(at, 3)
	}
	within := 0
	for n, size := range sizes {
		if !cut[n] {
			within = max(within, size)
		}
	}
	largest := slices.Max(sizes)
	drop := 2*within >= largest && float64(within) >= leastPart*float64(len(a.on))
	if drop {
		largest = within
	}
	for at, n := range label {
		a.on[at] = n > 0 && 5*sizes[n] >= largest && (!drop || !cut[n])
	}
}

// flood labels the piece around a cell and returns its number of cells.
func (a *Area) flood(from, n int, label []int) (size int) {
	stack := []int{from}
	label[from] = n
	for len(stack) > 0 {
		at := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		size++
		row, column := at/a.columns, at%a.columns
		for _, d := range [4][2]int{{-1, 0}, {1, 0}, {0, -1}, {0, 1}} {
			r, c := row+d[0], column+d[1]
			if r < 0 || c < 0 || r >= a.rows || c >= a.columns {
				continue
			}
			if next := r*a.columns + c; a.on[next] && label[next] == 0 {
				label[next] = n
				stack = append(stack, next)
			}
		}
	}
	return size
}
