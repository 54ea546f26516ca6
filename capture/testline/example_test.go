package testline_test

import (
	"context"
	"fmt"

	"pristine/capture"
	"pristine/capture/testline"
)

func ExampleOpen() {
	options, err := testline.Parse("testline://?seed=7&defect_rate=1&fps=0")
	if err != nil {
		fmt.Println(err)
		return
	}
	source := testline.Open(options)
	defer source.Close()
	var f capture.Frame
	for f.Part == "" {
		if err := source.Read(context.Background(), &f); err != nil {
			fmt.Println(err)
			return
		}
	}
	part, known := testline.Truth(options, f.Part)
	fmt.Println(f.Width, f.Height, f.Part, part.Defect != "", known)
	// Output: 1920 1080 flange-00001 true true
}
