package infer

import (
	"errors"
	"fmt"
	"image"
	_ "image/png" // of golden pictures
	"os"
	"path/filepath"
	"slices"

	"pristine/infer/bundle"

	ort "github.com/yalue/onnxruntime_go"
)

// ErrParity is returned within an error when an accelerated engine gives other
// embeddings than the CPU.
var ErrParity = errors.New("the engine fails the parity gate")

// The gate: cosines to the CPU's outputs in the model's own precision. FP16
// rounding leaves 0.9999 and more; the silent faults that are known of TensorRT
// with CLIP in FP16 (its issues 2709 and 4373) fall far below. Patches may be
// further off: OpenVINO rounds the built-in model's int8 at other places, 0.9984
// in the mean and 0.9968 at worst, and ranks photos the same to 0.0002 of AUROC.
var parityGate = [2]Similarity{{Mean: 0.999, Worst: 0.995}, {Mean: 0.995, Worst: 0.99}}

// Similarity is that of an output on several pictures: cosines.
type Similarity struct{ Mean, Worst float64 }

// Parity is how near two engines are on the same pictures.
type Parity struct {
	Pictures  int
	Embedding Similarity
	Patches   Similarity // of the patch outputs together; zero where there are none
}

// Check returns an error where the cosines are too low, or no numbers.
func (p Parity) Check() error {
	for i, got := range []Similarity{p.Embedding, p.Patches} {
		least := parityGate[i]
		if p.Pictures > 0 && got.Mean >= least.Mean && got.Worst >= least.Worst || i == 1 && got == (Similarity{}) {
			continue
		}
		return fmt.Errorf("%w: on %d pictures the cosine of its %s to the CPU's is %.5f in the mean and %.5f at worst, wanted %v and %v: use precision fp32, or another version of the library",
			ErrParity, p.Pictures, [2]string{"embedding", "patches"}[i], got.Mean, got.Worst, least.Mean, least.Worst)
	}
	return nil
}

// add takes one more cosine; n were there before.
func (s *Similarity) add(c float64, n int) {
	if n == 0 {
		*s = Similarity{c, c}
		return
	}
	s.Mean += (c - s.Mean) / float64(n+1)
	if !(c >= s.Worst) { // also where it is no number
		s.Worst = c
	}
}

// embedding is what a run says of each picture: all its outputs, unit vectors
// one after the other.
type embedding func(pictures [][]float32) (outputs [][][]float32, err error)

// measureParity runs pictures through two ways to embed: one at a time through
// the reference; through the candidate one at a time and then batch at once,
// since an engine may go wrong on one shape alone. The cosine of a map of
// patches is the mean of theirs.
func measureParity(pictures [][]float32, batch int, reference, candidate embedding) (Parity, error) {
	want, err := inRuns(pictures, 1, reference)
	if err != nil {
		return Parity{}, err
	}
	p := Parity{Pictures: len(pictures)}
	embeddings, patches := 0, 0
	for _, size := range slices.Compact([]int{1, max(batch, 1)}) {
		got, err := inRuns(pictures, size, candidate)
		if err != nil {
			return p, err
		}
		for i := range want {
			p.Embedding.add(Cosine(got[i][0], want[i][0]), embeddings)
			embeddings++
			for k := 1; k < len(want[i]); k++ {
				p.Patches.add(Cosine(got[i][k], want[i][k]), patches)
				patches++
			}
		}
	}
	return p, nil
}

// inRuns embeds pictures in runs of at most size.
func inRuns(pictures [][]float32, size int, embed embedding) ([][][]float32, error) {
	var all [][][]float32
	for run := range slices.Chunk(pictures, size) {
		outputs, err := embed(run)
		if err != nil {
			return nil, err
		}
		all = append(all, outputs...)
	}
	return all, nil
}

// parityPictures returns the inputs [3, size, size] of the bundle's golden
// pictures, and of four drawn ones, so that every bundle has some.
func parityPictures(b *bundle.Bundle) ([][]float32, error) {
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

// embedder embeds pictures with a session.
func embedder(session *ort.DynamicAdvancedSession, m *bundle.ImageManifest, outputs int) embedding {
	return func(pictures [][]float32) ([][][]float32, error) {
		n := len(pictures)
		input, err := ort.NewTensor(ort.NewShape(int64(n), 3, int64(m.Size), int64(m.Size)), slices.Concat(pictures...))
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
		all := make([][][]float32, n)
		for k, r := range results {
			tensor, ok := r.(*ort.Tensor[float32])
			if !ok {
				return nil, fmt.Errorf("output %d is %T, wanted float32", k, r)
			}
			data := tensor.GetData()
			for i := range n {
				all[i] = append(all[i], slices.Clone(data[i*len(data)/n:(i+1)*len(data)/n]))
			}
		}
		return all, nil
	}
}
