package main

import (
	"context"
	"fmt"
	"image"
	"os"
	"path/filepath"

	"pristine/capture"
	"pristine/capture/opencv"
	"pristine/capture/testline"
	"pristine/internal/usage"
	"pristine/observe"
)

type testlineCommand struct {
	Dir        string  `arg:"" help:"Folder to write references/, good/ and bad/DEFECT/ into; it may hold none of them."`
	Parts      int     `default:"120" placeholder:"N" help:"Parts to photograph (default: ${default})."`
	Seed       uint64  `default:"1" placeholder:"N" help:"Seed of the line (default: ${default})."`
	References int     `default:"8" placeholder:"N" help:"Good parts of these that go into references/, the first ones (default: ${default})."`
	Kind       string  `enum:"flange,cap,gear,board" default:"flange" help:"flange, cap, gear or board (default: ${default})."`
	DefectRate float64 `default:"0.3" placeholder:"RATE" help:"Share of defective parts, 0 to 1 (default: ${default})."`
}

// photoSpeed moves the belt as far as it can go without a part passing the
// window between two frames: fewer frames to draw.
const photoSpeed = 240

// photoQuality of the JPEGs: what cameras give.
const photoQuality = 92

// Run photographs each part of the built-in line once, wholly in view.
func (c *testlineCommand) Run(ctx context.Context, s *streams) error {
	if c.Parts < 1 || !(c.DefectRate >= 0 && c.DefectRate <= 1) {
		return usage.Error(fmt.Errorf("--parts must be 1 or more and --defect-rate from 0 to 1 (got %d and %v)", c.Parts, c.DefectRate))
	}
	for _, label := range []string{"references", "good", "bad"} {
		if _, err := os.Stat(filepath.Join(c.Dir, label)); err == nil {
			return usage.Error(fmt.Errorf("write pictures: %s is there already: remove it, or name another folder", filepath.Join(c.Dir, label)))
		}
	}
	o := testline.Default()
	o.Seed, o.FPS, o.Speed, o.DefectRate, o.Parts, o.Kind = c.Seed, 0, photoSpeed, c.DefectRate, c.Parts, c.Kind
	line := testline.Open(o)
	defer func() { _ = line.Close() }()
	window := testline.Window()
	bar := countBar(s.err, "photographing", c.Parts)
	counts := map[string]int{}
	var f capture.Frame
	for n := 0; n < c.Parts; {
		if err := line.Read(ctx, &f); err != nil {
			return fmt.Errorf("photograph the line: %w", err)
		}
		if !f.PartEnd {
			continue
		}
		part, _ := testline.Truth(o, f.Part)
		folder := "good"
		switch {
		case part.Defect != "":
			folder = "bad"
		case counts["references"] < c.References:
			folder = "references"
		}
		if err := writePhoto(filepath.Join(c.Dir, folder, part.Defect), part.ID, &f, observe.View{Region: window}.Pixels(f.Width, f.Height)); err != nil {
			return err
		}
		counts[folder]++
		n++
		_ = bar.Add(1)
	}
	fmt.Fprintf(s.out, "%s: %d good pictures in references, %d in good, %d bad ones in bad\n", c.Dir, counts["references"], counts["good"], counts["bad"])
	return nil
}

func writePhoto(dir, name string, f *capture.Frame, window image.Rectangle) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("write picture: %w", err)
	}
	data, err := opencv.EncodeJPEG(crop(f, window), window.Dx(), window.Dy(), photoQuality)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, name+".jpg"), data, 0o644); err != nil {
		return fmt.Errorf("write picture: %w", err)
	}
	return nil
}

func crop(f *capture.Frame, r image.Rectangle) []byte {
	pix := make([]byte, 0, 3*r.Dx()*r.Dy())
	for y := r.Min.Y; y < r.Max.Y; y++ {
		pix = append(pix, f.Pix[3*(y*f.Width+r.Min.X):3*(y*f.Width+r.Max.X)]...)
	}
	return pix
}
