package proving

import (
	"context"
	"fmt"
	"slices"

	"pristine/infer"
	"pristine/infer/bundle"
)

// Parity is how near an output is to the reference's, over the pictures.
type Parity struct {
	Output   string  `json:"output"`
	Batch    int     `json:"batch"`
	Pictures int     `json:"pictures"`
	Mean     float64 `json:"cosine_mean"`
	Worst    float64 `json:"cosine_worst"`
	Apart    float64 `json:"cosine_between_pictures"` // of the reference: near 1, the comparison sees little
}

// The least cosines, those of infer's parity gate.
const (
	leastMean, leastWorst           = 0.999, 0.995
	leastPatchMean, leastPatchWorst = 0.995, 0.99
)

// outputs are the parts of infer.Output, by name.
var outputs = []struct {
	name        string
	mean, worst float64
	of          func(*infer.Output) []float32
}{
	{"embedding", leastMean, leastWorst, func(o *infer.Output) []float32 { return o.Embedding }},
	{"patch_embeddings", leastPatchMean, leastPatchWorst, func(o *infer.Output) []float32 { return o.PatchEmbeddings }},
	{"patch_features", leastPatchMean, leastPatchWorst, func(o *infer.Output) []float32 { return o.PatchFeatures }},
}

// parity compares every output, alone and in the largest batch, with the
// reference's on the CPU.
func (o *Options) parity(ctx context.Context, library *infer.Library, b *bundle.Bundle, images *infer.ImageEncoder, largest int) ([]Parity, error) {
	reference := b
	if o.Reference != "" {
		var err error
		if reference, err = bundle.Open(o.Reference); err != nil {
			return nil, err
		}
	}
	cpu, err := infer.NewImageEncoder(library, reference, infer.Options{Threads: o.Threads})
	if err != nil {
		return nil, fmt.Errorf("open the reference: %w", err)
	}
	defer cpu.Close()
	pictures := drawn(b.Manifest.Image.Size, max(4, largest))
	want, err := encode(ctx, cpu, pictures, 1)
	if err != nil {
		return nil, err
	}
	var all []Parity
	var missed error
	for _, batch := range slices.Compact([]int{1, largest}) {
		got, err := encode(ctx, images, pictures, batch)
		if err != nil {
			return all, err
		}
		for _, output := range outputs {
			if len(output.of(&want[0])) == 0 {
				continue
			}
			p := compare(output.of, got, want)
			p.Output, p.Batch = output.name, batch
			all = append(all, p)
			if missed == nil && !(p.Mean >= output.mean && p.Worst >= output.worst) {
				missed = fmt.Errorf("%w: the %s in batches of %d has a cosine of %.5f in the mean and %.5f at worst, wanted %v and %v",
					ErrParity, p.Output, p.Batch, p.Mean, p.Worst, output.mean, output.worst)
			}
		}
	}
	return all, missed
}

func compare(of func(*infer.Output) []float32, got, want []infer.Output) Parity {
	p := Parity{Pictures: len(want), Worst: 1}
	for i := range want {
		p.Apart += infer.Cosine(of(&want[i]), of(&want[(i+1)%len(want)])) / float64(len(want))
		c := infer.Cosine(of(&got[i]), of(&want[i]))
		p.Mean += c / float64(len(want))
		if !(c >= p.Worst) { // also where it is no number
			p.Worst = c
		}
	}
	return p
}

// encode encodes pictures in runs of n.
func encode(ctx context.Context, images *infer.ImageEncoder, pictures []infer.Picture, n int) ([]infer.Output, error) {
	outs := make([]infer.Output, len(pictures))
	for i := 0; i < len(pictures); i += n {
		end := min(i+n, len(pictures))
		if _, err := images.Encode(ctx, pictures[i:end], outs[i:end]); err != nil {
			return nil, err
		}
	}
	return outs, nil
}

// drawn returns n pictures of a size, none like another: ramps, stripes, noise.
func drawn(size, n int) []infer.Picture {
	all := make([]infer.Picture, n)
	for k := range all {
		pix, noise := make([]byte, 0, 3*size*size), uint32(k+1)
		for y := range size {
			for x := range size {
				noise = noise*1664525 + 1013904223
				pix = append(pix, byte(255*y/size+7*k), byte((x/(3+k)+y/(5+k%7))%2*180)+byte(noise>>27), byte(x*(k+1)))
			}
		}
		all[k] = infer.Picture{Pix: pix, Width: size, Height: size}
	}
	return all
}
