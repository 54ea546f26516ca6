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

// ObserveTurned adds the features of the frame's quarter turns to its observation,
// including those of its detail. It is for references only. If the bundle returns no
// patch features it adds nothing. It rotates the model's input, so that rotation never
// reveals more of the frame. The features are valid until the next call.
func (e *Encoder) ObserveTurned(ctx context.Context, f *capture.Frame, o *prompts.Observation) error {
	return e.observeTurned(ctx, e.model.Images, f, o)
}

func (e *Encoder) observeTurned(ctx context.Context, by pictureEncoder, f *capture.Frame, o *prompts.Observation) error {
	shapes := e.model.Images.Shapes()
	if shapes.FeatureDim == 0 {
		return nil
	}
	needs := prompts.Needs{Detail: o.Detail}
	picture, mask := e.visible(f)
	width, height := picture.Region.Dx(), picture.Region.Dy()
	e.turnedFeatures, e.turnedFine = e.turnedFeatures[:0], e.turnedFine[:0]
	for quarters := 1; quarters <= prompts.Turns; quarters++ {
		e.turned = turn.Picture(e.turned, picture.Pix, picture.Width, picture.Region, quarters)
		turned := infer.Picture{Pix: e.turned, Width: width, Height: height, Region: image.Rect(0, 0, width, height)}
		parts, _ := e.model.parts(nil, turned, needs, nil)
		outputs := make([]infer.Output, len(parts))
		if _, err := by.Encode(ctx, parts, outputs); err != nil {
			return err
		}
		var seen prompts.Observation
		var none, fine []float32
		e.model.observation(&seen, outputs, needs, &none, &fine)
		if !mask.Whole() {
			seen.Confine(func(grid [2]int) []bool { return e.turnedCells(mask, picture, quarters, grid) })
		}
		e.turnedFeatures = append(e.turnedFeatures, seen.Features...)
		e.turnedFine = append(e.turnedFine, seen.Fine...)
	}
	o.Turned, o.FineTurned = e.turnedFeatures, e.turnedFine
	return nil
}

// turnedCells reports which cells of a grid over a rotated picture are in the polygon.
func (e *Encoder) turnedCells(mask *polygon.Mask, p infer.Picture, quarters int, grid [2]int) []bool {
	drawn := e.drawn(mask, p)
	drawn = turn.Picture(nil, drawn, p.Width, p.Region, quarters)
	width, height := p.Region.Dx(), p.Region.Dy()
	turned := polygon.Mark(width, height, func(x, y int) bool { return drawn[3*(y*width+x)] != 0 })
	return turned.Cells(e.model.gridArea(image.Rect(0, 0, width, height)), grid[0], grid[1])
}
