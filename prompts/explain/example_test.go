package explain_test

import (
	"fmt"

	"pristine/prompts"
	"pristine/prompts/explain"
)

// matcher compares every query with every row.
type matcher struct{}

func (matcher) MaxCosine(queries, memory []float32, dim int, out []float32) error {
	for i := range out {
		out[i] = -1
		for j := 0; j < len(memory); j += dim {
			cosine := float32(0)
			for k := range dim {
				cosine += queries[i*dim+k] * memory[j+k]
			}
			out[i] = max(out[i], cosine)
		}
	}
	return nil
}

func ExampleReferences() {
	patches := func(features ...float32) prompts.Observation { // of two dimensions
		return prompts.Observation{Bundle: "b", Features: features, FeatureGrid: [2]int{1, len(features) / 2}}
	}
	picture := patches(1, 0, 1, 0, 0, 1)
	near, err := explain.References(matcher{}, &picture, []prompts.Observation{patches(0, 1, 0, 1, 0, 1), patches(1, 0, 1, 0, 1, 0)})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, n := range near {
		fmt.Printf("reference %d: nearest to %.0f %% of the patches\n", n.Index, 100*n.Share)
	}
	// Output:
	// reference 1: nearest to 67 % of the patches
	// reference 0: nearest to 33 % of the patches
}
