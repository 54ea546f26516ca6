package events_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"pristine/events"
	"pristine/events/outbox"
)

// demo is an agent's store with three results in it.
func demo() (url string, end func()) {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		panic(err)
	}
	store, err := outbox.Open(context.Background(), outbox.Options{Dir: dir, Station: events.Station{Site: "plant", Line: "line-1", Name: "s1"}, Listen: "127.0.0.1:0"})
	if err != nil {
		panic(err)
	}
	for n, verdict := range []string{"PASS", "FAIL", "PASS"} {
		if _, err := store.Append(context.Background(), events.TypeResult, events.Result{Camera: "belt", Part: fmt.Sprint("flange-", n), Verdict: verdict}); err != nil {
			panic(err)
		}
	}
	return store.URL(), func() { store.Close(); os.RemoveAll(dir) }
}

func ExampleSubscribe() {
	url, end := demo()
	defer end()
	ctx, cancel := context.WithCancel(context.Background())
	report, err := events.Subscribe(ctx, events.Hub{URL: url}, events.SubscribeOptions{All: true}, func(r events.Received) error {
		result, err := r.Result()
		if err != nil {
			return nil // a state or an alarm
		}
		fmt.Println(r.Source, r.Sequence, result.Part, result.Verdict)
		if r.Sequence == 3 {
			cancel()
		}
		return nil
	})
	fmt.Println(report.Events, "events,", report.Missing, "missing,", report.Duplicates, "duplicates", err)
	// Output:
	// /plant/line-1/s1 1 flange-0 PASS
	// /plant/line-1/s1 2 flange-1 FAIL
	// /plant/line-1/s1 3 flange-2 PASS
	// 3 events, 0 missing, 0 duplicates <nil>
}

// A subscriber that stores its Position after each event goes on there.
func ExampleSubscribe_position() {
	url, end := demo()
	defer end()
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "position.json")
	// one subscribes anew and takes one event.
	one := func() {
		position := events.Position{}
		if data, err := os.ReadFile(file); err == nil {
			_ = json.Unmarshal(data, &position)
		}
		ctx, cancel := context.WithCancel(context.Background())
		_, err := events.Subscribe(ctx, events.Hub{URL: url}, events.SubscribeOptions{All: true, Position: &position}, func(r events.Received) error {
			fmt.Println(r.Sequence)
			cancel()
			return nil
		})
		data, _ := json.Marshal(position)
		if err != nil || os.WriteFile(file, data, 0o600) != nil {
			panic("the position is not stored")
		}
	}
	one()
	one()
	one()
	// Output:
	// 1
	// 2
	// 3
}
