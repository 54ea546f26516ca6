package presence

import (
	"context"
	"errors"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"pristine/events"
)

// recheck is how long after a failure the bucket is tried again.
const recheck = 5 * time.Second

// Watch calls changed for the state of each station, and again for each change,
// until ctx ends; after a lost connection it goes on. failed, which may be nil, is
// called once when the hub does not show who is there, and again after it did.
func Watch(ctx context.Context, h events.Hub, changed func(Change), failed func(error)) {
	w := watching{changed: changed, known: map[string]Change{}, initial: true}
	link := h.Link()
	defer link.Close()
	silent := false
	for ctx.Err() == nil {
		conn, err := link.Conn()
		if err == nil {
			err = link.Wait(ctx, conn)
		}
		if err == nil {
			// What the last connection left unread does not end this watch.
			select {
			case <-link.Up():
			default:
			}
			var shown bool
			shown, err = w.read(ctx, &h, conn, link.Up())
			silent = silent && !shown
		}
		if ctx.Err() != nil {
			return
		}
		if err == nil {
			continue
		}
		if failed != nil && !silent {
			if last := link.Denied(); last != nil {
				err = errors.Join(events.HubCause(last), err)
			}
			failed(err)
		}
		silent = true
		pause(ctx, recheck)
	}
}

type watching struct {
	changed func(Change)
	known   map[string]Change
	initial bool // what comes is how it was when Watch began
}

// read hands changes over until ctx ends or the connection is made again: a watcher
// can die with a reconnect without a word.
func (w *watching) read(ctx context.Context, h *events.Hub, conn *nats.Conn, again <-chan struct{}) (shown bool, err error) {
	js, err := h.JetStream(conn)
	if err != nil {
		return false, err
	}
	limited, cancel := context.WithTimeout(ctx, answerLimit)
	defer cancel()
	if _, err := js.KeyValue(limited, Bucket); err != nil {
		return false, err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	watcher, err := open(ctx, js)
	if err != nil {
		return false, err
	}
	defer func() { _ = watcher.Stop() }()
	for {
		select {
		case entry, more := <-watcher.Updates():
			if !more {
				return true, nil
			}
			if entry == nil {
				w.initial = false
				continue
			}
			w.apply(entry)
		case <-again:
			return true, nil
		case <-ctx.Done():
			return true, nil
		}
	}
}

// apply hands over what differs from what was known; a renewal does not.
func (w *watching) apply(entry jetstream.KeyValueEntry) {
	c, ok := change(entry)
	if !ok {
		return
	}
	last, known := w.known[c.Station]
	if w.known[c.Station] = c; known && last.State == c.State && last.Since.Equal(c.Since) {
		return
	}
	c.Initial = w.initial
	w.changed(c)
}
