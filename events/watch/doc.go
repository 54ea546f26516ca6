// Package watch shows the events of agents as lines, and saves them.
//
//	w, err := watch.New(ctx, hub, os.Stdout, watch.Options{Verdicts: []string{"FAIL"}})
//	defer w.Close()
//	report, err := events.Subscribe(ctx, hub, events.SubscribeOptions{}, func(r events.Received) error { return w.Show(ctx, r) })
//
// Promises: a line is at most 80 columns wide and holds nothing that controls a
// terminal. A saved event is the bytes that came, and its file lies in the folder
// whatever its id is.
//
// Non-promises: filters on results hide all other events; a gap in the events is
// reported with the next one that is shown.
//
// Show belongs to one goroutine; Presence writes from another, whole lines at a
// time.
package watch
