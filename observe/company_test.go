package observe

import (
	"context"
	"slices"
	"testing"

	"pristine/infer"
)

// A picture has the same numbers alone and with others, for a camera and for a folder
// of files, to the last bit.
func TestCompany_APictureHasTheSameNumbersInAny(t *testing.T) {
	pictures := make([]infer.Picture, 8)
	for i := range pictures {
		p := infer.Picture{Width: 300 + i, Height: 200, Pix: make([]byte, 3*(300+i)*200)}
		for k := range p.Pix {
			p.Pix[k] = byte(k/(5+i) + k*k%29)
		}
		pictures[i] = p
	}
	var first []infer.Output
	for name, o := range map[string]infer.Options{"a camera's": {}, "of files": Throughput()} {
		m, err := Open("models/pocket", o)
		if err != nil {
			t.Fatal(err)
		}
		defer m.Close()
		for _, together := range []int{1, len(pictures)} {
			outputs := make([]infer.Output, len(pictures))
			for i := 0; i < len(pictures); i += together {
				if _, err := m.Images.Encode(context.Background(), pictures[i:i+together], outputs[i:i+together]); err != nil {
					t.Fatal(err)
				}
			}
			if first == nil {
				first = outputs
			}
			for i, o := range outputs {
				if !slices.Equal(o.Embedding, first[i].Embedding) || !slices.Equal(o.PatchFeatures, first[i].PatchFeatures) || !slices.Equal(o.PatchEmbeddings, first[i].PatchEmbeddings) {
					t.Errorf("%s, %d together: picture %d has other numbers", name, together, i)
				}
			}
		}
	}
}
