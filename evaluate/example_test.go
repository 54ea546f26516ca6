package evaluate_test

import (
	"fmt"

	"pristine/evaluate"
	"pristine/verdict"
)

func ExampleMeasure() {
	outcomes := []evaluate.Outcome{
		{File: "good/1.jpg", Raw: 0.1, P: 0.1},
		{File: "good/2.jpg", Raw: 0.3, P: 0.3},
		{File: "bad/1.jpg", Bad: true, Raw: 0.9, P: 0.9},
		{File: "bad/2.jpg", Bad: true, Raw: 0.2, P: 0.2},
	}
	figures := evaluate.Measure(outcomes, verdict.Thresholds{Review: 0.4, Fail: 0.6})
	fmt.Printf("AUROC %.2f\n", figures.AUROC)
	// Output: AUROC 0.75
}

func ExampleParseTarget() {
	target, err := evaluate.ParseTarget("overkill<=1%")
	fmt.Println(target, err)
	_, err = evaluate.Calibrate([]float64{0.1, 0.2}, []float64{0.9}, []evaluate.Target{target}, 1)
	fmt.Println(err != nil) // three pictures cannot support 1 %
	// Output:
	// overkill<=1% <nil>
	// true
}
