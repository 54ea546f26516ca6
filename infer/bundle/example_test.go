package bundle_test

import (
	"fmt"

	"pristine/infer/bundle"
)

func ExampleOpen() {
	b, err := bundle.Open("../../models/pocket") // checks the hash of each file
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(b.Manifest.Name, len(b.Hash))
	// Output: pocket 64
}
