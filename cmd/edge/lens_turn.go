package main

import (
	"context"
	"image"

	"pristine/capture"
	"pristine/infer"
	"pristine/internal/polygon"
	"pristine/internal/turn"
	"pristine/prompts"
)

// turn adds to the observation of a frame what the frame shows turned by one, two
// and three quarters, for references only; where the bundle gives no patch
// features there is nothing to add. It is what the model sees that is turned, so
// that no more is seen turned than upright. The features stay valid until the next
// call.
func (l *lens) turn(ctx context.Context, f *capture.Frame, o *prompts.Observation) error {
	shapes := l.engine.images.Shapes()
	if shapes.FeatureDim == 0 {
		return nil
	}
	picture, mask := l.look(f)
	width, height := picture.Region.Dx(), picture.Region.Dy()
	for i := range l.turned {
		l.turned[i] = turn.Picture(l.turned[i], picture.Pix, picture.Width, picture.Region, i+1)
		l.turnedPictures[i] = infer.Picture{Pix: l.turned[i], Width: width, Height: height, Region: image.Rect(0, 0, width, height)}
	}
	if _, err := l.engine.images.Encode(ctx, l.turnedPictures[:], l.turnedOutputs[:]); err != nil {
		return err
	}
	l.turnedFeatures = l.turnedFeatures[:0]
	for i := range l.turnedOutputs {
		seen := prompts.Observation{Features: l.turnedOutputs[i].PatchFeatures, FeatureGrid: shapes.FeatureGrid}
		if !mask.Whole() {
			seen.Confine(func(grid [2]int) []bool { return l.turnedCells(mask, picture, i+1, grid) })
		}
		l.turnedFeatures = append(l.turnedFeatures, seen.Features...)
	}
	o.Turned = l.turnedFeatures
	return nil
}

// turnedCells tells which cells of a grid over a picture turned are looked at.
func (l *lens) turnedCells(mask *polygon.Mask, p infer.Picture, quarters int, grid [2]int) []bool {
	white := make([]byte, len(p.Pix))
	for i := range white {
		white[i] = 255
	}
	drawn := make([]byte, len(p.Pix))
	mask.Paint(drawn, white, p.Region, [3]byte{})
	drawn = turn.Picture(nil, drawn, p.Width, p.Region, quarters)
	width, height := p.Region.Dx(), p.Region.Dy()
	turned := polygon.Mark(width, height, func(x, y int) bool { return drawn[3*(y*width+x)] != 0 })
	return turned.Cells(l.engine.seen(image.Rect(0, 0, width, height)), grid[0], grid[1])
}
