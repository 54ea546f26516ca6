package infer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"

	"pristine/infer/bundle"
)

// goldenCosine is the lowest accepted cosine to a bundle's golden embeddings.
const goldenCosine = 0.9999

// golden is a bundle's golden/golden.json, which Python computed.
type golden struct {
	Pictures []struct {
		File      string    `json:"file"`
		Embedding []float32 `json:"embedding"`
	} `json:"pictures"`
	Texts []struct {
		Text      string    `json:"text"`
		Embedding []float32 `json:"embedding"`
	} `json:"texts"`
}

func goldenOf(b *bundle.Bundle) (*golden, error) {
	var g golden
	data, err := os.ReadFile(filepath.Join(b.Dir, "golden", "golden.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return &g, nil
	}
	if err != nil {
		return nil, err
	}
	return &g, json.Unmarshal(data, &g)
}

// CheckGolden encodes the golden pictures and texts of a bundle and returns their
// number. It returns an error if one differs from its golden embedding by more than
// rounding. decode reads a picture file.
func CheckGolden(ctx context.Context, b *bundle.Bundle, images *Service, texts *TextEncoder, decode func(path string) (Picture, error)) (int, error) {
	g, err := goldenOf(b)
	if err != nil {
		return 0, fmt.Errorf("read golden embeddings: %w", err)
	}
	for _, p := range g.Pictures {
		picture, err := decode(filepath.Join(b.Dir, "golden", filepath.Base(p.File)))
		if err != nil {
			return 0, fmt.Errorf("read golden picture: %w", err)
		}
		var out [1]Output
		if _, err := images.Encode(ctx, []Picture{picture}, out[:]); err != nil {
			return 0, err
		}
		if c := Cosine(out[0].Embedding, p.Embedding); !(c >= goldenCosine) {
			return 0, fmt.Errorf("%w: golden picture %s: the cosine to its golden embedding is %.5f, wanted %v: import the model again, or use another ONNX Runtime", ErrModel, p.File, c, goldenCosine)
		}
	}
	for _, t := range g.Texts {
		out, err := texts.Encode(ctx, []string{t.Text})
		if err != nil {
			return 0, err
		}
		if c := Cosine(out[0], t.Embedding); !(c >= goldenCosine) {
			return 0, fmt.Errorf("%w: golden text %q: the cosine to its golden embedding is %.5f, wanted %v: import the model again, or use another ONNX Runtime", ErrModel, t.Text, c, goldenCosine)
		}
	}
	return len(g.Pictures) + len(g.Texts), nil
}

// Cosine returns the cosine of the angle between two vectors. It is NaN if one is zero
// or their lengths differ.
func Cosine(a, b []float32) float64 {
	if len(a) != len(b) {
		return math.NaN()
	}
	ab, aa, bb := 0.0, 0.0, 0.0
	for i := range a {
		x, y := float64(a[i]), float64(b[i])
		ab, aa, bb = ab+x*y, aa+x*x, bb+y*y
	}
	return ab / math.Sqrt(aa*bb)
}
