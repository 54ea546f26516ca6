package outbox_test

import (
	"context"
	"fmt"
	"os"

	"pristine/events"
	"pristine/events/outbox"
)

func ExampleStore_Append() {
	dir, err := os.MkdirTemp("", "outbox")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	ctx := context.Background()
	store, err := outbox.Open(ctx, outbox.Options{Dir: dir, Station: events.Station{Site: "plant", Line: "line-1", Name: "s1"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer store.Close()
	event, err := store.Append(ctx, events.TypeState, events.State{Subject: "camera", Name: "belt", State: "streaming"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(event.Source, event.Type, event.Sequence) // the event is on the disk
	// Output: /plant/line-1/s1 state 1
}
