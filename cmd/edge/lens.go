package main

import (
	"context"
	"image"
	"math"

	"pristine/capture"
	"pristine/capture/opencv"
	"pristine/infer"
	"pristine/internal/polygon"
	"pristine/prompts"
)

// lens encodes the frames of one camera, within its region. It belongs to one
// goroutine.
type lens struct {
	engine   *engine
	region   [4]float64    // x, y, width, height as shares of the frame
	area     *polygon.Area // within the region
	neutral  [3]byte       // BGR that the model takes for nothing: its mean
	masked   []byte        // the frame with its outside neutral
	mask     *polygon.Mask // that cells are of
	cells    map[[2]int][]bool
	tiles    []image.Rectangle
	pictures []infer.Picture // the frame and its tiles
	outputs  []infer.Output
	tiled    []float32    // embeddings of the tiles
	timing   infer.Timing // of the last frame

	turned         [prompts.Turns][]byte // the last frame that was turned
	turnedPictures [prompts.Turns]infer.Picture
	turnedOutputs  [prompts.Turns]infer.Output
	turnedFeatures []float32
}

func newLens(e *engine, region []float64) *lens {
	l := &lens{engine: e, region: [4]float64{0, 0, 1, 1}, area: polygon.NewArea(nil)}
	copy(l.region[:], region)
	for i, mean := range e.bundle.Manifest.Image.Mean {
		l.neutral[2-i] = byte(math.Round(255 * mean))
	}
	return l
}

// within confines the lens to a polygon: what lies outside is neutral.
func (l *lens) within(corners [][]float64) *lens {
	l.area = polygon.NewArea(polygon.Points(corners))
	return l
}

// Encode implements inspect.Encoder. The frame and the tiles that are asked for
// go to the model together, in its batches.
func (l *lens) Encode(ctx context.Context, f *capture.Frame, o *prompts.Observation) error {
	frame, mask := l.look(f)
	l.pictures, l.tiles = tiled(l.pictures[:0], frame, o.TileGrid[0], l.tiles)
	for len(l.outputs) < len(l.pictures) {
		l.outputs = append(l.outputs, infer.Output{})
	}
	outputs := l.outputs[:len(l.pictures)]
	var err error
	if l.timing, err = l.engine.images.Encode(ctx, l.pictures, outputs); err != nil {
		return err
	}
	l.engine.observation(o, outputs, &l.tiled)
	if !mask.Whole() {
		if l.mask != mask {
			l.mask, l.cells = mask, map[[2]int][]bool{}
		}
		o.Confine(func(grid [2]int) []bool { return l.cellsWithin(grid, frame.Region) })
	}
	return nil
}

// look gives what the model sees of a frame.
func (l *lens) look(f *capture.Frame) (infer.Picture, *polygon.Mask) {
	frame := infer.Picture{Pix: f.Pix, Width: f.Width, Height: f.Height, Region: pixels(l.region, f.Width, f.Height)}
	mask := l.area.On(f.Width, f.Height)
	if !mask.Whole() {
		if len(l.masked) != len(f.Pix) {
			l.masked = make([]byte, len(f.Pix))
		}
		mask.Paint(l.masked, f.Pix, frame.Region, l.neutral)
		frame.Pix = l.masked
	}
	return frame, mask
}

// cellsWithin tells which cells of a grid over the region are looked at.
func (l *lens) cellsWithin(grid [2]int, region image.Rectangle) []bool {
	cells, known := l.cells[grid]
	if !known {
		cells = l.mask.Cells(l.engine.seen(region), grid[0], grid[1])
		l.cells[grid] = cells
	}
	return cells
}

// seen is the part of a region that the model's cells lie in: all of it, or the
// square in its middle where the model crops.
func (e *engine) seen(region image.Rectangle) image.Rectangle {
	if e.bundle.Manifest.Image.Resize == "squash" {
		return region
	}
	side, middle := min(region.Dx(), region.Dy()), region.Min.Add(region.Size().Div(2))
	corner := middle.Sub(image.Pt(side/2, side/2))
	return image.Rectangle{Min: corner, Max: corner.Add(image.Pt(side, side))}
}

// tiled appends a picture and n×n tiles of it.
func tiled(pictures []infer.Picture, p infer.Picture, n int, tiles []image.Rectangle) ([]infer.Picture, []image.Rectangle) {
	region := p.Region
	if region.Empty() {
		region = image.Rect(0, 0, p.Width, p.Height)
	}
	pictures, tiles = append(pictures, p), prompts.Tiles(region, n, tiles)
	for _, p.Region = range tiles {
		pictures = append(pictures, p)
	}
	return pictures, tiles
}

// observation joins what the encoder says of a picture and of its n×n tiles;
// memory holds the embeddings of the tiles.
func (e *engine) observation(o *prompts.Observation, outputs []infer.Output, memory *[]float32) {
	*memory = (*memory)[:0]
	for _, tile := range outputs[1:] {
		*memory = append(*memory, tile.Embedding...)
	}
	n := int(math.Round(math.Sqrt(float64(len(outputs) - 1))))
	shapes := e.images.Shapes()
	*o = prompts.Observation{
		Bundle: e.bundle.Hash, Embedding: outputs[0].Embedding, Patches: outputs[0].PatchEmbeddings, Features: outputs[0].PatchFeatures, Tiles: *memory,
		PatchGrid: shapes.PatchGrid, FeatureGrid: shapes.FeatureGrid, TileGrid: [2]int{n, n},
	}
}

// pixels turns shares of a frame into a rectangle of at least one pixel.
func pixels(region [4]float64, width, height int) image.Rectangle {
	at := func(share float64, size int) int { return int(math.Round(share * float64(size))) }
	r := image.Rect(at(region[0], width), at(region[1], height), at(region[0]+region[2], width), at(region[1]+region[3], height))
	r.Max.X, r.Max.Y = max(r.Max.X, r.Min.X+1), max(r.Max.Y, r.Min.Y+1)
	return r.Intersect(image.Rect(0, 0, width, height))
}

// observe encodes a picture file, and n×n tiles of it.
func (l *lens) observe(ctx context.Context, file string, n int, o *prompts.Observation) error {
	pix, width, height, err := opencv.DecodeFile(file)
	if err != nil {
		return err
	}
	o.TileGrid = [2]int{n, n}
	return l.Encode(ctx, &capture.Frame{Pix: pix, Width: width, Height: height}, o)
}

// observeTurned adds to the observation of a picture file what it shows turned.
func (l *lens) observeTurned(ctx context.Context, file string, o *prompts.Observation) error {
	pix, width, height, err := opencv.DecodeFile(file)
	if err != nil {
		return err
	}
	return l.turn(ctx, &capture.Frame{Pix: pix, Width: width, Height: height}, o)
}
