package observe

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

// Encoder encodes a camera's View of its frames. It belongs to one goroutine and reuses
// its buffers.
type Encoder struct {
	model    *Model
	view     View
	area     *polygon.Area // of the view
	neutral  [3]byte       // BGR that the model takes for nothing: its mean
	masked   []byte        // the frame with its outside neutral
	mask     *polygon.Mask // that cells belong to
	cells    map[[2]int][]bool
	tiles    []image.Rectangle
	pictures []infer.Picture // the frame and its tiles
	outputs  []infer.Output
	tiled    []float32    // embeddings of the tiles
	fine     []float32    // features of the tiles of detail, as one grid
	timing   infer.Timing // of the last frame

	turned         []byte // the last frame that was turned
	turnedFeatures []float32
	turnedFine     []float32
}

// NewEncoder returns an encoder of a camera's frames.
func (m *Model) NewEncoder(view View) *Encoder {
	e := &Encoder{model: m, view: view, area: polygon.NewArea(view.Polygon)}
	for i, mean := range m.Bundle.Manifest.Image.Mean {
		e.neutral[2-i] = byte(math.Round(255 * mean))
	}
	return e
}

// Encode implements inspect.Encoder. It encodes the frame and the requested tiles,
// including those of the detail, in the model's batches.
func (e *Encoder) Encode(ctx context.Context, f *capture.Frame, o *prompts.Observation) error {
	return e.encode(ctx, e.model.Images, f, o)
}

// encode is Encode by the model's encoder of frames or that of files.
func (e *Encoder) encode(ctx context.Context, by pictureEncoder, f *capture.Frame, o *prompts.Observation) error {
	frame, mask := e.visible(f)
	needs := prompts.Needs{Tiles: o.TileGrid[0], Detail: o.Detail}
	e.pictures, e.tiles = e.model.parts(e.pictures[:0], frame, needs, e.tiles)
	for len(e.outputs) < len(e.pictures) {
		e.outputs = append(e.outputs, infer.Output{})
	}
	outputs := e.outputs[:len(e.pictures)]
	var err error
	if e.timing, err = by.Encode(ctx, e.pictures, outputs); err != nil {
		return err
	}
	e.model.observation(o, outputs, needs, &e.tiled, &e.fine)
	o.Area, o.MMPerPixel = e.model.gridArea(frame.Region), e.view.MMPerPixel
	if !mask.Whole() {
		if e.mask != mask {
			e.mask, e.cells = mask, map[[2]int][]bool{}
		}
		o.Confine(func(grid [2]int) []bool { return e.cellsWithin(grid, frame.Region) })
	}
	return nil
}

// Timing returns the durations of the stages of the last Encode.
func (e *Encoder) Timing() infer.Timing { return e.timing }

// visible returns what the model sees of a frame.
func (e *Encoder) visible(f *capture.Frame) (infer.Picture, *polygon.Mask) {
	frame := infer.Picture{Pix: f.Pix, Width: f.Width, Height: f.Height, Region: e.view.Pixels(f.Width, f.Height)}
	mask := e.area.On(f.Width, f.Height)
	if !mask.Whole() {
		if len(e.masked) != len(f.Pix) {
			e.masked = make([]byte, len(f.Pix))
		}
		mask.Paint(e.masked, f.Pix, frame.Region, e.neutral)
		frame.Pix = e.masked
	}
	return frame, mask
}

// cellsWithin reports which cells of a grid over the region lie in the polygon.
func (e *Encoder) cellsWithin(grid [2]int, region image.Rectangle) []bool {
	cells, known := e.cells[grid]
	if !known {
		cells = e.mask.Cells(e.model.gridArea(region), grid[0], grid[1])
		e.cells[grid] = cells
	}
	return cells
}

// gridArea returns the part of a region that the model's grid covers: all of it, or the
// square in its centre if the model crops.
func (m *Model) gridArea(region image.Rectangle) image.Rectangle {
	return m.Bundle.Manifest.Image.Area(region)
}

// parts appends a picture and the tiles that it needs, including those of its detail.
func (m *Model) parts(pictures []infer.Picture, p infer.Picture, n prompts.Needs, tiles []image.Rectangle) ([]infer.Picture, []image.Rectangle) {
	region := p.Region
	if region.Empty() {
		region = image.Rect(0, 0, p.Width, p.Height)
	}
	pictures, tiles = append(pictures, p), prompts.Tiles(region, n.Tiles, tiles)
	embedded := len(tiles)
	tiles = m.detailTiles(m.gridArea(region), n.Detail, tiles)
	for i, tile := range tiles {
		p.Region, p.For = tile, infer.ForEmbedding
		if i >= embedded {
			p.For = infer.ForFeatures
		}
		pictures = append(pictures, p)
	}
	return pictures, tiles
}

// observation assembles the encoder's outputs for a picture and its tiles. It reuses
// memory for the embeddings of the tiles and fine for the features of the detail.
func (m *Model) observation(o *prompts.Observation, outputs []infer.Output, n prompts.Needs, memory, fine *[]float32) {
	*memory = (*memory)[:0]
	tiles := n.Tiles * n.Tiles
	for _, tile := range outputs[1 : 1+tiles] {
		*memory = append(*memory, tile.Embedding...)
	}
	shapes := m.Images.Shapes()
	*o = prompts.Observation{
		Bundle: m.Bundle.Hash, Embedding: outputs[0].Embedding, Patches: outputs[0].PatchEmbeddings, Features: outputs[0].PatchFeatures, Tiles: *memory,
		PatchGrid: shapes.PatchGrid, FeatureGrid: shapes.FeatureGrid, TileGrid: [2]int{n.Tiles, n.Tiles}, Detail: m.detail(n.Detail),
	}
	if o.Detail > 1 {
		o.FineGrid = m.fineGrid(o.Detail)
		*fine = m.stitch(*fine, outputs[1+tiles:], o.Detail)
		o.Fine = *fine
	}
}

// ObserveFile encodes a picture file with the given needs, without rotations.
func (e *Encoder) ObserveFile(ctx context.Context, file string, n prompts.Needs, o *prompts.Observation) error {
	pix, width, height, err := opencv.DecodeFile(file)
	if err != nil {
		return err
	}
	o.Ask(n)
	return e.encode(ctx, e.model.ofFiles(), &capture.Frame{Pix: pix, Width: width, Height: height}, o)
}

// ObserveFileTurned adds the quarter turns of a picture file to its observation,
// including their detail.
func (e *Encoder) ObserveFileTurned(ctx context.Context, file string, o *prompts.Observation) error {
	pix, width, height, err := opencv.DecodeFile(file)
	if err != nil {
		return err
	}
	return e.observeTurned(ctx, e.model.ofFiles(), &capture.Frame{Pix: pix, Width: width, Height: height}, o)
}
