package names_test

import (
	"fmt"

	"pristine/names"
)

func ExampleLearn() {
	// Two kinds of defects, four labelled pictures of each.
	var examples []names.Example
	for i := range 4 {
		noise := 0.05 * float32(i)
		examples = append(examples,
			names.Example{Kind: "crack", Looks: names.Looks{Vectors: []float32{1, noise}}},
			names.Example{Kind: "stain", Looks: names.Looks{Vectors: []float32{noise, 1}}})
	}
	kind, share := names.Learn(examples).Name(&names.Looks{Vectors: []float32{0.9, 0.1}})
	fmt.Println(kind, share > 0.5)
	// Output: crack true
}
