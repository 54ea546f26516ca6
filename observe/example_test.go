package observe_test

import (
	"context"
	"fmt"

	"pristine/capture"
	"pristine/capture/testline"
	"pristine/infer"
	"pristine/observe"
	"pristine/prompts"
)

func ExampleModel_NewEncoder() {
	ctx := context.Background()
	model, err := observe.Open("models/pocket", infer.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer model.Close()
	bank, err := model.Bank(ctx, "configs/prompts/flange.yaml")
	if err != nil {
		fmt.Println(err)
		return
	}
	var frame capture.Frame
	if err := testline.Open(testline.Options{Seed: 1, Speed: 60, Kind: "flange"}).Read(ctx, &frame); err != nil {
		fmt.Println(err)
		return
	}
	encoder := model.NewEncoder(observe.View{Region: testline.Window()})
	var o prompts.Observation
	if err := encoder.Encode(ctx, &frame, &o); err != nil {
		fmt.Println(err)
		return
	}
	var s prompts.Scores
	if err := bank.Score(&o, &s); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(o.Embedding) == model.Info().Dim, s.Defect >= 0 && s.Defect <= 1)
	// Output: true true
}
