package verdict_test

import (
	"fmt"

	"pristine/verdict"
)

func ExampleDecide() {
	thresholds := verdict.Thresholds{Review: 0.4, Fail: 0.6}
	for _, score := range []verdict.Score{{Defect: 0.1}, {Defect: 0.5}, {Defect: 0.9}, {Defect: 0.9, ReviewShare: 0.5}} {
		v, reason := verdict.Decide(score, thresholds)
		fmt.Printf("%s %q\n", v, reason)
	}
	// Output:
	// PASS ""
	// REVIEW "borderline"
	// FAIL ""
	// REVIEW "severity"
}
