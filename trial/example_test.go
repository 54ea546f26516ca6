package trial_test

import (
	"context"
	"fmt"
	"os"

	"pristine/evaluate/dataset"
	"pristine/prompts"
	"pristine/trial"
)

// Two sets on the same pictures: figures of the first, and whether they differ.
// Compiled, not run: it takes a model, which package observe has.
func ExampleRun() {
	var encoder trial.Encoder // such as edge eval's
	var first, second *prompts.Bank
	data, err := dataset.Open("photos")
	if err != nil {
		fmt.Println(err)
		return
	}
	t, err := trial.Run(context.Background(), encoder, trial.Options{Data: data, Sets: []*prompts.Bank{first, second}})
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := t.Report(0)
	if err != nil {
		fmt.Println(err)
		return
	}
	r.WriteTable(os.Stdout)
	difference, err := t.Compare([]string{"first.yaml", "second.yaml"})
	if err != nil {
		fmt.Println(err)
		return
	}
	difference.WriteTable(os.Stdout)
}
