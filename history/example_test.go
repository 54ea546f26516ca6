package history_test

import (
	"context"
	"fmt"
	"os"
	"time"

	"pristine/history"
)

func Example() {
	dir, err := os.MkdirTemp("", "history")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	ctx := context.Background()
	h, err := history.Open(ctx, history.Options{Dir: dir})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer h.Close()
	h.Add(&history.Record{Result: history.Result{Event: "K3T-1", Time: time.Now(), Camera: "belt", Part: "flange-1", Verdict: "FAIL"}})
	if err := h.Flush(ctx); err != nil { // Add does not wait for the disk
		fmt.Println(err)
		return
	}
	parts, err := h.Parts(ctx, history.Filter{Verdicts: []string{"FAIL"}}, 50)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range parts {
		fmt.Println(p.Camera, p.Part, p.Verdict)
	}
	// Output: belt flange-1 FAIL
}
