package observe

import (
	"context"
	"image"

	"pristine/capture"
	"pristine/infer"
	"pristine/internal/polygon"
	"pristine/internal/turn"
	"pristine/prompts"
)

// ObserveTurned adds to the observation of a frame what the frame shows turned
// by one, two and three quarters, for references only. Where the bundle returns
// no patch features it adds nothing. It turns what the model sees, so that no
// more is visible turned than upright. The features stay valid until the next
// call.
func (e *Encoder) ObserveTurned(ctx context.Context, f *capture.Frame, o *prompts.Observation) error {
	shapes := e.model.Images.Shapes()
	if shapes.FeatureDim == 0 {
		return nil
	}
	picture, mask := e.visible(f)
	width, height := picture.Region.Dx(), picture.Region.Dy()
	for i := range e.turned {
		e.turned[i] = turn.Picture(e.turned[i], picture.Pix, picture.Width, picture.Region, i+1)
		e.turnedPictures[i] = infer.Picture{Pix: e.turned[i], Width: width, Height: height, Region: image.Rect(0, 0, width, height)}
	}
	if _, err := e.model.Images.Encode(ctx, e.turnedPictures[:], e.turnedOutputs[:]); err != nil {
		return err
	}
	e.turnedFeatures = e.turnedFeatures[:0]
	for i := range e.turnedOutputs {
		seen := prompts.Observation{Features: e.turnedOutputs[i].PatchFeatures, FeatureGrid: shapes.FeatureGrid}
		if !mask.Whole() {
			seen.Confine(func(grid [2]int) []bool { return e.turnedCells(mask, picture, i+1, grid) })
		}
		e.turnedFeatures = append(e.turnedFeatures, seen.Features...)
	}
	o.Turned = e.turnedFeatures
	return nil
}

// turnedCells reports which cells of a grid over a turned picture lie in the
// polygon.
func (e *Encoder) turnedCells(mask *polygon.Mask, p infer.Picture, quarters int, grid [2]int) []bool {
	white := make([]byte, len(p.Pix))
	for i := range white {
		white[i] = 255
	}
	drawn := make([]byte, len(p.Pix))
	mask.Paint(drawn, white, p.Region, [3]byte{})
	drawn = turn.Picture(nil, drawn, p.Width, p.Region, quarters)
	width, height := p.Region.Dx(), p.Region.Dy()
	turned := polygon.Mark(width, height, func(x, y int) bool { return drawn[3*(y*width+x)] != 0 })
	return turned.Cells(e.model.gridArea(image.Rect(0, 0, width, height)), grid[0], grid[1])
}
