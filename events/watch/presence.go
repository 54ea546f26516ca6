package watch

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"sync"

	"pristine/events"
	"pristine/events/presence"
	"pristine/internal/printing"
)

// lines lets two goroutines write whole lines.
type lines struct {
	mu  sync.Mutex
	out io.Writer
}

// Write implements io.Writer.
func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.out.Write(p)
}

// Presence prints a line when a station comes, stops or is gone, until the
// returned function is called, which waits for it. Filters on results and subjects
// leave these lines out.
func (w *Watcher) Presence(ctx context.Context, problems io.Writer) (end func()) {
	if len(w.options.Verdicts)+len(w.options.Cameras) > 0 || w.options.Subject != "" {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	running.Go(func() {
		presence.Watch(ctx, w.hub, w.changed, func(err error) {
			fmt.Fprintln(problems, "the hub does not show which stations are there; edge fleet goes by heartbeats:", printing.Printable(err.Error()))
		})
	})
	return func() { cancel(); running.Wait() }
}

// changed prints a change of a station.
func (w *Watcher) changed(c presence.Change) {
	station, err := events.ParseStation(c.Station)
	if err != nil || c.Initial || len(w.options.Stations) > 0 && !slices.Contains(w.options.Stations, station.Name) && !slices.Contains(w.options.Stations, c.Station) {
		return
	}
	if w.options.JSON {
		_ = json.NewEncoder(w.out).Encode(map[string]any{"type": "presence", "source": station.Source(), "time": c.Since, "state": c.State}) // as with an event, a reader that left ends the program
		return
	}
	line, code := fmt.Sprintf("%s station %s: %s", c.Since.Local().Format("15:04:05.000"), c.Station, c.State), "2" // dim
	if c.State == presence.Gone {
		code = "31" // red
	}
	if w.options.Colour {
		line = "\x1b[" + code + "m" + line + "\x1b[0m"
	}
	fmt.Fprintln(w.out, line)
}
