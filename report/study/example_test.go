package study_test

import (
	"fmt"
	"strings"

	"pristine/report/study"
)

func ExampleAnalyse() {
	readings, err := study.Read("study.csv", strings.NewReader(`part,truth,appraiser,trial,says
1,bad,ann,1,bad
1,bad,ann,2,bad
2,good,ann,1,good
2,good,ann,2,bad
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	result, err := study.Analyse(readings)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, a := range result.Appraisers {
		fmt.Printf("%s: %d of %d right in all trials, %d of %d false alarms, %s\n",
			a.Name, a.Effectiveness.K, a.Effectiveness.N, a.FalseAlarm.K, a.FalseAlarm.N, a.Judgement)
	}
	// Output: ann: 1 of 2 right in all trials, 1 of 2 false alarms, unacceptable
}
