package prompts

import (
	"image"
	"math"
)

// Tiles returns n×n tiles of a rectangle, row by row. The sides of a tile are 2/(n+1) of
// the rectangle's, so that neighbours overlap by half. Whatever is smaller than half a
// tile is entirely inside one of them.
func Tiles(r image.Rectangle, n int, tiles []image.Rectangle) []image.Rectangle {
	tiles = tiles[:0]
	at := func(from, size, step int) int { return from + int(math.Round(float64(size*step)/float64(n+1))) }
	for row := range n {
		for column := range n {
			tiles = append(tiles, image.Rect(
				at(r.Min.X, r.Dx(), column), at(r.Min.Y, r.Dy(), row),
				at(r.Min.X, r.Dx(), column+2), at(r.Min.Y, r.Dy(), row+2)))
		}
	}
	return tiles
}

// tileMap adds the tiles' scores to the text map. The n×n tiles make (n+1)×(n+1) cells,
// each covered by up to four tiles. A cell's P(defect) is the harmonic mean of its
// tiles, as WinCLIP aggregates its windows: high only if all of them agree. The highest
// cells, not their mean, are the picture's score, so that a small defect is not averaged
// away. If the model returns patches, a patch keeps the higher of the two scores.
func (b *Bank) tileMap(o *Observation, s *Scores) {
	n := o.TileGrid[0]
	if n == 0 {
		return
	}
	s.tiles = grow(s.tiles, n*n)
	for i := range s.tiles {
		s.tiles[i] = b.patchText(o.Tiles[i*b.bundle.Dim:][:b.bundle.Dim])
	}
	picture, patch := b.scales()
	cells := n + 1
	s.cells = grow(s.cells, cells*cells)
	for row := range cells {
		for column := range cells {
			s.cells[row*cells+column] = float32(joined(s.tiles, n, row, column, picture) * picture / patch)
		}
	}
	if len(s.text) == 0 {
		s.text, s.textGrid = append(s.text, s.cells...), [2]int{cells, cells}
		return
	}
	rows, columns := s.textGrid[0], s.textGrid[1]
	for i := range s.text {
		cell := (i/columns)*cells/rows*cells + (i%columns)*cells/columns
		s.text[i] = max(s.text[i], s.cells[cell])
	}
}

// joined returns the logit, divided by the scale, of the harmonic mean of the tiles'
// probabilities 1/(1+exp(−scale·t)) around a cell. The mean of the inverse probabilities
// is 1 + mean exp(−scale·t). This avoids probabilities that are rounded to 0 or 1.
func joined(tiles []float32, n, row, column int, scale float64) float64 {
	lowest, count := math.Inf(1), 0.0
	around := func(f func(t float64)) {
		for r := max(row-1, 0); r <= min(row, n-1); r++ {
			for c := max(column-1, 0); c <= min(column, n-1); c++ {
				f(float64(tiles[r*n+c]))
			}
		}
	}
	around(func(t float64) { lowest = min(lowest, t); count++ })
	sum := 0.0
	around(func(t float64) { sum += math.Exp(-scale * (t - lowest)) })
	return lowest - math.Log(sum/count)/scale
}
