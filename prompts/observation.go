package prompts

import (
	"context"
	"errors"
	"fmt"
	"image"
)

// TextEncoder returns the unit embedding of each text.
type TextEncoder interface {
	Encode(ctx context.Context, texts []string) ([][]float32, error)
}

// BundleInfo is what scoring needs to know about a bundle.
type BundleInfo struct {
	Hash            string
	Dim             int
	LogitScale      float64
	PatchLogitScale float64
	StateDims       []int // [from, to): the dimensions that encode the part's condition; empty: all
}

// Observation is the image encoder's output for one picture. Its slices belong to
// the caller.
type Observation struct {
	Bundle      string    // hash
	Embedding   []float32 // [dim], unit
	Patches     []float32 // [rows·columns, dim], unit each; may be empty
	Features    []float32 // [rows·columns, feature dim], unit each; may be empty
	Tiles       []float32 // [n·n, dim], unit each: the embeddings of Tiles(picture, n)
	Turned      []float32 // [Turns·rows·columns, feature dim]: Features of the picture rotated clockwise by 90°, 180° and 270°; references only
	Fine        []float32 // [rows·columns, feature dim], unit each: features of Detail×Detail tiles as one grid; only if Detail asks for them
	FineTurned  []float32 // Turned, for Fine
	Angled      []float32 // [n, feature dim], unit each: patches of the picture rotated by Angles, those farthest from the upright picture; only references of parts without a fixed orientation
	FineAngled  []float32 // Angled, for Fine
	PatchGrid   [2]int    // rows, columns
	FeatureGrid [2]int
	FineGrid    [2]int
	TileGrid    [2]int          // n, n; the caller sets it before encoding to request tiles
	Detail      int             // n; the caller sets it before encoding to request Fine; 0 and 1: none
	Area        image.Rectangle // the pixels of the frame that the grids cover; empty if unknown
	MMPerPixel  float64         // of the frame; 0 if unknown
	Pixels      string          // SHA-256, in hex, of the encoder's input; only references that are encoded again at each start
}

// check reports whether the slices fit the grids.
func (o *Observation) check(dim int) error {
	for _, g := range []struct {
		name   string
		values []float32
		grid   [2]int
		dim    int
	}{{"patches", o.Patches, o.PatchGrid, dim}, {"tiles", o.Tiles, o.TileGrid, dim}} {
		if g.grid[0] < 0 || g.grid[1] < 0 || len(g.values) != g.grid[0]*g.grid[1]*g.dim {
			return fmt.Errorf("%d numbers of %s do not fit a grid of %v with %d each", len(g.values), g.name, g.grid, g.dim)
		}
	}
	if len(o.Embedding) != dim || o.TileGrid[0] != o.TileGrid[1] || o.FeatureGrid[0] < 0 || o.FeatureGrid[1] < 0 {
		return fmt.Errorf("an embedding of %d numbers, %v tiles and a feature grid of %v do not fit", len(o.Embedding), o.TileGrid, o.FeatureGrid)
	}
	return nil
}

// ErrBundle is wrapped by an error that is returned instead of comparing vectors of
// two bundles.
var ErrBundle = errors.New("the vectors come from another bundle")
