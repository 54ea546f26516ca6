package capture_test

import (
	"context"
	"fmt"

	"pristine/capture"
	"pristine/capture/testline"
)

// A camera's newest frame, taken by whoever inspects it.
func ExampleSupervise() {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	open := func(context.Context) (capture.Source, error) {
		return testline.Open(testline.Options{Seed: 1, Speed: 60, Parts: 1, Kind: "flange"}), nil
	}
	slot := capture.NewLatest(capture.Newest)
	ended := make(chan error, 1)
	go func() { ended <- capture.Supervise(ctx, capture.Options{Name: "belt", Open: open}, slot) }()

	var f capture.Frame
	if err := slot.Take(ctx, &f); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%d×%d pixels\n", f.Width, f.Height)
	stop()
	<-ended
	// Output: 1920×1080 pixels
}
