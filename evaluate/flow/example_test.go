package flow_test

import (
	"context"
	"fmt"

	"pristine/evaluate/flow"
)

func ExampleRun() {
	err := flow.Run(context.Background(), []string{"a.jpg", "bb.jpg"}, flow.Steps[string, int]{
		Decode: func(file string) (string, error) { return file, nil },
		Encode: func(_ context.Context, pictures []string, outputs []int) error {
			for i, p := range pictures {
				outputs[i] = len(p)
			}
			return nil
		},
		Use: func(i int, picture *string, output *int) error {
			fmt.Println(i, *picture, *output)
			return nil
		},
		Failed: func(i int, err error) { fmt.Println(i, err) },
	})
	fmt.Println(err)
	// Output:
	// 0 a.jpg 5
	// 1 bb.jpg 6
	// <nil>
}
