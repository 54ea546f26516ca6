// Package bench measures how fast an agent is on a source: each stage of a
// frame's way alone, and then everything at once.
//
//	b, err := bench.New(ctx, model, bench.Options{Source: source, Prompts: "part.yaml", Frames: 200, Cameras: 1})
//	defer b.Close()
//	report, err := b.Measure(ctx, func() {})
//	report.WriteTable(os.Stdout)
//
// Compare holds two reports side by side.
//
// Promises: stations, queues, event store and pictures are those that an agent
// runs with. All figures of a report come from one run, so that their ratios hold
// on a noisy machine. Results that could not be stored are an error.
//
// Non-promises: two reports of a busy machine do not compare.
//
// A Bench belongs to one goroutine; Measure starts one a camera and waits for all.
package bench
