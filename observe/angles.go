package observe

import (
	"context"
	"fmt"
	"image"

	"pristine/capture"
	"pristine/capture/opencv"
	"pristine/infer"
	"pristine/internal/polygon"
	"pristine/internal/turn"
	"pristine/prompts"
)

// observeAngled adds to a picture's observation the patches of the picture rotated by
// prompts.Angles that are farthest from the upright ones. It is for references only. It
// skips patches that show any pixel from outside the view, which has to be invented at
// the corners of a rotated picture. At detail 1 it adds patches of the whole picture,
// otherwise those of the detail.
func (e *Encoder) observeAngled(ctx context.Context, f *capture.Frame, o *prompts.Observation) error {
	shapes := e.model.Images.Shapes()
	dim := shapes.FeatureDim
	if dim == 0 {
		return nil
	}
	picture, mask := e.visible(f)
	width, height := picture.Region.Dx(), picture.Region.Dy()
	whole := image.Rect(0, 0, width, height)
	needs, upright, grid := prompts.Needs{Detail: o.Detail}, o.Features, shapes.FeatureGrid
	fine := o.Detail > 1
	if fine {
		upright, grid = o.Fine, o.FineGrid
	}
	var rows []float32
	for _, degrees := range prompts.Angles() {
		e.turned = turn.Angle(e.turned, picture.Pix, picture.Width, picture.Region, degrees)
		parts, _ := e.model.parts(nil, infer.Picture{Pix: e.turned, Width: width, Height: height, Region: whole}, needs, nil)
		if fine {
			parts = parts[1:] // what they show of the whole is there already
		}
		outputs := make([]infer.Output, len(parts))
		if _, err := e.model.ofFiles().Encode(ctx, parts, outputs); err != nil {
			return err
		}
		features := outputs[0].PatchFeatures
		if fine {
			features = e.model.stitch(nil, outputs, o.Detail)
		}
		within := e.angledCells(mask, picture, degrees, grid)
		for cell, is := range within {
			if is {
				rows = append(rows, features[cell*dim:(cell+1)*dim]...)
			}
		}
	}
	chosen, err := prompts.Farthest(e.model.Matcher, rows, upright, dim, prompts.AngledRows(fine, grid[0]*grid[1]))
	if err != nil {
		return fmt.Errorf("choose patches at other angles: %w", err)
	}
	if fine {
		o.FineAngled = chosen
	} else {
		o.Angled = chosen
	}
	return nil
}

// angledCells reports which cells of a grid over a rotated picture show only pixels of
// the view. It includes half a cell around each, since the encoder sees more than the
// cell.
func (e *Encoder) angledCells(mask *polygon.Mask, p infer.Picture, degrees float64, grid [2]int) []bool {
	width, height := p.Region.Dx(), p.Region.Dy()
	area := e.model.gridArea(image.Rect(0, 0, width, height))
	within := make([]bool, grid[0]*grid[1])
	at := func(from, size, halves, cells int) int { return from + size*halves/(2*cells) }
	for i := range within {
		row, column := i/grid[1], i%grid[1]
		box := image.Rect(
			at(area.Min.X, area.Dx(), 2*column-1, grid[1]), at(area.Min.Y, area.Dy(), 2*row-1, grid[0]),
			at(area.Min.X, area.Dx(), 2*column+3, grid[1]), at(area.Min.Y, area.Dy(), 2*row+3, grid[0]))
		within[i] = turn.Within(box.Intersect(area), width, height, degrees)
	}
	if mask.Whole() {
		return within
	}
	drawn := e.drawn(mask, p)
	drawn = turn.Angle(nil, drawn, p.Width, p.Region, degrees)
	turned := polygon.Mark(width, height, func(x, y int) bool { return drawn[3*(y*width+x)] > 127 })
	for i, is := range turned.Cells(area, grid[0], grid[1]) {
		within[i] = within[i] && is
	}
	return within
}

// drawn returns a frame that is white where the polygon is, else black.
func (e *Encoder) drawn(mask *polygon.Mask, p infer.Picture) []byte {
	white := make([]byte, len(p.Pix))
	for i := range white {
		white[i] = 255
	}
	drawn := make([]byte, len(p.Pix))
	mask.Paint(drawn, white, p.Region, [3]byte{})
	return drawn
}

// addAngles adds the rotated patches of the good references if the option asks for them
// and, with auto, if they help. Otherwise it drops existing ones. It leaves pictures
// unchanged whose file is not given.
func (e *Encoder) addAngles(ctx context.Context, r *prompts.References, option prompts.Turned, fileOf func(i int) (file string, given bool)) error {
	if option != prompts.TurnedAuto && option != prompts.TurnedAlways || e.model.Images.Shapes().FeatureDim == 0 {
		return nil
	}
	for i, p := range r.Pictures() {
		if file, given := fileOf(i); given && !p.Bad && len(p.Seen.Angled) == 0 {
			o := prompts.Observation{Features: p.Seen.Features, FeatureGrid: p.Seen.FeatureGrid}
			if err := e.observeFileAngled(ctx, file, &o); err != nil {
				return err
			}
			if err := r.AddAngled(i, o.Angled, nil); err != nil {
				return err
			}
		}
	}
	use, err := r.AnglesInUse(option)
	if err != nil {
		return err
	}
	if !use {
		r.DropAngled()
		return nil
	}
	for i, p := range r.Pictures() {
		if file, given := fileOf(i); given && !p.Bad && len(p.Seen.Fine) > 0 && len(p.Seen.FineAngled) == 0 {
			o := prompts.Observation{Detail: p.Seen.Detail, Fine: p.Seen.Fine, FineGrid: p.Seen.FineGrid}
			if err := e.observeFileAngled(ctx, file, &o); err != nil {
				return err
			}
			if err := r.AddAngled(i, p.Seen.Angled, o.FineAngled); err != nil {
				return err
			}
		}
	}
	return nil
}

func (e *Encoder) observeFileAngled(ctx context.Context, file string, o *prompts.Observation) error {
	pix, width, height, err := opencv.DecodeFile(file)
	if err != nil {
		return err
	}
	if err := e.observeAngled(ctx, &capture.Frame{Pix: pix, Width: width, Height: height}, o); err != nil {
		return fmt.Errorf("learn angles of %s: %w", file, err)
	}
	return nil
}
