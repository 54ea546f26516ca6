package photos

import (
	"context"
	"fmt"
	"image"
	"os"
	"path/filepath"

	"pristine/capture"
	"pristine/capture/opencv"
	"pristine/capture/testline"
	"pristine/internal/polygon"
	"pristine/internal/usage"
)

// photoSpeed moves the belt as far as it can go without a part passing the
// window between two frames: fewer frames to draw.
const photoSpeed = 240

// photoQuality of the JPEGs: what cameras give.
const photoQuality = 92

// Options say what is photographed.
type Options struct {
	Parts      int
	Seed       uint64
	References int     // good parts that go into references/, the first ones
	Kind       string  // as testline.Options
	DefectRate float64 // share of defective parts, in [0, 1]
}

// Counts are how many pictures each folder got.
type Counts struct{ References, Good, Bad int }

// Write photographs each part of the line once, wholly in view, into
// dir/references, dir/good and dir/bad/DEFECT. It refuses a folder that has one of
// them. progress is called after each part.
func Write(ctx context.Context, dir string, o Options, progress func()) (Counts, error) {
	if o.Parts < 1 || !(o.DefectRate >= 0 && o.DefectRate <= 1) {
		return Counts{}, usage.Error(fmt.Errorf("--parts must be 1 or more and --defect-rate from 0 to 1 (got %d and %v)", o.Parts, o.DefectRate))
	}
	for _, label := range []string{"references", "good", "bad"} {
		if _, err := os.Stat(filepath.Join(dir, label)); err == nil {
			return Counts{}, usage.Error(fmt.Errorf("write pictures: %s is there already: remove it, or name another folder", filepath.Join(dir, label)))
		}
	}
	settings := testline.Default()
	settings.Seed, settings.FPS, settings.Speed, settings.DefectRate, settings.Parts, settings.Kind = o.Seed, 0, photoSpeed, o.DefectRate, o.Parts, o.Kind
	line := testline.Open(settings)
	defer func() { _ = line.Close() }()
	window := polygon.Rectangle(testline.Window())
	counts := map[string]int{}
	var f capture.Frame
	for n := 0; n < o.Parts; {
		if err := line.Read(ctx, &f); err != nil {
			return Counts{}, fmt.Errorf("photograph the line: %w", err)
		}
		if !f.PartEnd {
			continue
		}
		part, _ := testline.Truth(settings, f.Part)
		folder := "good"
		switch {
		case part.Defect != "":
			folder = "bad"
		case counts["references"] < o.References:
			folder = "references"
		}
		if err := writePhoto(filepath.Join(dir, folder, part.Defect), part.ID, &f, window.Pixels(f.Width, f.Height)); err != nil {
			return Counts{}, err
		}
		counts[folder]++
		n++
		progress()
	}
	return Counts{counts["references"], counts["good"], counts["bad"]}, nil
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
