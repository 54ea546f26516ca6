package prompts

// Confine makes the cells outside a part of the picture say what those within
// it say, evenly in turn: they count for nothing, since every mean, spread and
// highest share is then that of the cells within. within tells it of each cell
// of a grid, [rows·columns]. The embedding of the whole picture stays.
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

// confine overwrites the vectors of cells that are not within. Where none is,
// there is nothing to say in their place.
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
	source, seen := 0, -1 // the cell that is copied, and its number of those within
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
