package infer

import (
	"errors"
	"fmt"
	"image"
	_ "image/png" // of golden pictures
	"os"
	"path/filepath"

	ort "github.com/yalue/onnxruntime_go"
)

// ErrParity is returned within an error when an accelerated engine gives other
// embeddings than the CPU.
var ErrParity = errors.New("the engine fails the parity gate")

// The gate: cosines to the CPU's embeddings in full precision. FP16 rounding
// leaves 0.9999 and more; the silent faults that are known of TensorRT with
// CLIP in FP16 (its issues 2709 and 4373) fall far below.
const (
	parityMean  = 0.999
	parityWorst = 0.995
)

// Parity is how near two engines are on the same pictures.
type Parity struct {
	Pictures    int
	Mean, Worst float64 // cosines
}

// Check gives an error where the cosines are too low, or no numbers.
func (p Parity) Check() error {
	if p.Pictures > 0 && p.Mean >= parityMean && p.Worst >= parityWorst {
		return nil
	}
	return fmt.Errorf("%w: on %d pictures its cosine to the CPU is %.5f in the mean and %.5f at worst, wanted %v and %v: take precision fp32, or another version of the library",
		ErrParity, p.Pictures, p.Mean, p.Worst, parityMean, parityWorst)
}

// measureParity runs pictures through two ways to embed.
func measureParity(pictures [][]float32, reference, candidate func(pixels []float32) ([]float32, error)) (Parity, error) {
	p := Parity{Worst: 1}
	for _, pixels := range pictures {
		want, err := reference(pixels)
		if err != nil {
			return p, err
		}
		got, err := candidate(pixels)
		if err != nil {
			return p, err
		}
		c := Cosine(got, want)
		if !(c >= p.Worst) { // also where it is no number
			p.Worst = c
		}
		p.Mean += c
		p.Pictures++
	}
	p.Mean /= float64(p.Pictures)
	return p, nil
}

// parityPictures gives the inputs [3, size, size] of the bundle's golden
// pictures, and of four drawn ones, so that every bundle has some.
func (b *Bundle) parityPictures() ([][]float32, error) {
	m := &b.Manifest.Image
	table := normaliseTable(m)
	var all [][]float32
	add := func(p Picture) {
		pixels := make([]float32, 3*m.Size*m.Size)
		newResampler(p.Width, p.Height, m).run(p.Pix, 3*p.Width, table, pixels)
		all = append(all, pixels)
	}
	files, err := filepath.Glob(filepath.Join(b.Dir, "golden", "*.png"))
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		p, err := decodePNG(file)
		if err != nil {
			return nil, fmt.Errorf("read golden picture: %w", err)
		}
		add(p)
	}
	for seed := range 4 {
		add(drawn(m.Size+31*seed, m.Size+17, seed))
	}
	return all, nil
}

func decodePNG(file string) (Picture, error) {
	f, err := os.Open(file)
	if err != nil {
		return Picture{}, err
	}
	defer f.Close()
	img, _, err := image.Decode(f)
	if err != nil {
		return Picture{}, fmt.Errorf("%s: %w", file, err)
	}
	b := img.Bounds()
	p := Picture{Width: b.Dx(), Height: b.Dy()}
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			red, green, blue, _ := img.At(x, y).RGBA()
			p.Pix = append(p.Pix, byte(blue>>8), byte(green>>8), byte(red>>8))
		}
	}
	return p, nil
}

// drawn is a picture of stripes, a ramp and a checker, other for each seed.
func drawn(width, height, seed int) Picture {
	p := Picture{Width: width, Height: height, Pix: make([]byte, 0, 3*width*height)}
	for y := range height {
		for x := range width {
			p.Pix = append(p.Pix, byte(255*y/height), byte((x/(5+seed)+y/7)%2*200+seed*10), byte(x*(seed+1)*3))
		}
	}
	return p
}

// embedder embeds one picture with a session.
func embedder(session *ort.DynamicAdvancedSession, m *ImageManifest, outputs int) func([]float32) ([]float32, error) {
	return func(pixels []float32) ([]float32, error) {
		input, err := ort.NewTensor(ort.NewShape(1, 3, int64(m.Size), int64(m.Size)), pixels)
		if err != nil {
			return nil, err
		}
		defer func() { _ = input.Destroy() }()
		results := make([]ort.Value, outputs)
		if err := session.Run([]ort.Value{input}, results); err != nil {
			return nil, err
		}
		defer func() {
			for _, r := range results {
				_ = r.Destroy()
			}
		}()
		embedding, ok := results[0].(*ort.Tensor[float32])
		if !ok {
			return nil, fmt.Errorf("the embedding is %T, wanted float32", results[0])
		}
		return append([]float32(nil), embedding.GetData()...), nil
	}
}
