package prompts

// Confine replaces the cells outside an area of the picture by copies of cells inside
// it, each used about equally often. The outside then does not influence any mean,
// spread or top share. within returns, for a grid, whether each cell is inside,
// [rows·columns]. The embedding of the whole picture does not change.
func (o *Observation) Confine(within func(grid [2]int) []bool) {
	for _, g := range []struct {
		values []float32
		grid   [2]int
	}{{o.Patches, o.PatchGrid}, {o.Features, o.FeatureGrid}, {o.Fine, o.FineGrid}, {o.Tiles, o.TileGrid}} {
		if len(g.values) > 0 {
			confine(g.values, within(g.grid))
		}
	}
}

// confine overwrites the vectors of cells that are not within. If no cell is within, it
// does nothing.
func confine(values []float32, within []bool) {
	inside := 0
	for _, is := range within {
		if is {
			inside++
		}
	}
	outside, dim := len(within)-inside, len(values)/len(within)
	if inside == 0 || outside == 0 {
		return
	}
	source, seen := 0, -1 // the next cell to copy, and the index of the last one among those within
	filled := 0
	for cell, is := range within {
		if is {
			continue
		}
		for wanted := filled * inside / outside; seen < wanted; source++ {
			if within[source] {
				seen++
			}
		}
		copy(values[cell*dim:(cell+1)*dim], values[(source-1)*dim:])
		filled++
	}
}
