package observe

import (
	"image"
	"math"

	"pristine/capture/opencv"
	"pristine/infer"
	"pristine/infer/bundle"
	"pristine/prompts"
)

// fineOverlap is the share of a tile's patches, on each axis, that overlap with its
// neighbour. Either tile drops half of the overlap, so that the encoder has seen the
// surroundings of every patch that is used.
const fineOverlap = 0.2

// detail returns the detail that the model can provide if n is requested. Without patch
// features there is none, and tiles whose borders the model crops cannot be stitched.
func (m *Model) detail(n int) int {
	if i := m.featured(); m.Images.Shapes().FeatureDim == 0 || i.ShortestSide > i.Size {
		return 1
	}
	return max(n, 1)
}

// featured returns the preprocessing of the bundle that provides patch features.
func (m *Model) featured() *bundle.ImageManifest {
	if m.References != nil {
		return &m.References.Manifest.Image
	}
	return &m.Bundle.Manifest.Image
}

// sized is the largest number of pictures whose size detailOf reads.
const sized = 16

// detailOf returns the detail of references that are learned together. With Finer it is
// the highest one whose tiles are not enlarged, for the smallest picture, by the
// geometric mean of its sides.
func (e *Encoder) detailOf(n prompts.Needs, files []string) (int, error) {
	if !n.Finer || e.model.detail(n.Detail) == 1 || len(files) == 0 {
		return n.Detail, nil
	}
	side := math.Inf(1)
	for _, file := range files[:min(len(files), sized)] {
		_, width, height, err := opencv.DecodeFile(file)
		if err != nil {
			return 0, err
		}
		area := e.model.gridArea(e.view.Pixels(width, height))
		side = min(side, math.Sqrt(float64(area.Dx())*float64(area.Dy())))
	}
	grid := e.model.Images.Shapes().FeatureGrid[0]
	for detail := prompts.MaxDetail; detail > n.Detail; detail-- {
		if pixels := e.model.featured().Size * span(grid, detail) / grid; side >= float64(pixels) {
			return detail, nil
		}
	}
	return n.Detail, nil
}

// seam returns how many rows or columns of patches a tile drops at each side that has a
// neighbour.
func seam(patches int) int { return int(math.Round(fineOverlap * float64(patches) / 2)) }

// span returns the length of the grid that n tiles make.
func span(patches, n int) int { return n*patches - 2*(n-1)*seam(patches) }

// fineGrid returns the rows and columns of the grid that n×n tiles make.
func (m *Model) fineGrid(n int) [2]int {
	grid := m.Images.Shapes().FeatureGrid
	return [2]int{span(grid[0], n), span(grid[1], n)}
}

// detailTiles appends the n×n tiles, row by row, whose patches make one finer grid over
// an area. Below 2 it appends none.
func (m *Model) detailTiles(area image.Rectangle, n int, tiles []image.Rectangle) []image.Rectangle {
	if n = m.detail(n); n == 1 {
		return tiles
	}
	grid, fine := m.Images.Shapes().FeatureGrid, m.fineGrid(n)
	at := func(from, size, cell, cells int) int {
		return from + int(math.Round(float64(size*cell)/float64(cells)))
	}
	for row := range n {
		for column := range n {
			top, left := row*(grid[0]-2*seam(grid[0])), column*(grid[1]-2*seam(grid[1]))
			tile := image.Rect(
				at(area.Min.X, area.Dx(), left, fine[1]), at(area.Min.Y, area.Dy(), top, fine[0]),
				at(area.Min.X, area.Dx(), left+grid[1], fine[1]), at(area.Min.Y, area.Dy(), top+grid[0], fine[0]))
			tiles = append(tiles, atLeastAPixel(tile, area))
		}
	}
	return tiles
}

// atLeastAPixel returns the tile or, if rounding made it empty, a pixel of the area.
func atLeastAPixel(tile, area image.Rectangle) image.Rectangle {
	tile.Max.X, tile.Max.Y = max(tile.Max.X, tile.Min.X+1), max(tile.Max.Y, tile.Min.Y+1)
	if over := tile.Max.X - area.Max.X; over > 0 {
		tile.Min.X, tile.Max.X = tile.Min.X-over, area.Max.X
	}
	if over := tile.Max.Y - area.Max.Y; over > 0 {
		tile.Min.Y, tile.Max.Y = tile.Min.Y-over, area.Max.Y
	}
	return tile
}

// stitch joins the features of n×n tiles to one grid. It reuses the memory of to.
func (m *Model) stitch(to []float32, outputs []infer.Output, n int) []float32 {
	shapes := m.Images.Shapes()
	grid, fine, dim := shapes.FeatureGrid, m.fineGrid(n), shapes.FeatureDim
	if size := fine[0] * fine[1] * dim; cap(to) < size {
		to = make([]float32, size)
	} else {
		to = to[:size]
	}
	within := func(cells, tile int) (from, to int) { // a tile's own cells
		from, to = 0, cells
		if tile > 0 {
			from = seam(cells)
		}
		if tile < n-1 {
			to = cells - seam(cells)
		}
		return from, to
	}
	for tile, output := range outputs[:n*n] {
		row, column := tile/n, tile%n
		top, bottom := within(grid[0], row)
		left, right := within(grid[1], column)
		for y := top; y < bottom; y++ {
			into := (row*(grid[0]-2*seam(grid[0]))+y)*fine[1] + column*(grid[1]-2*seam(grid[1])) + left
			copy(to[into*dim:], output.PatchFeatures[(y*grid[1]+left)*dim:(y*grid[1]+right)*dim])
		}
	}
	return to
}
