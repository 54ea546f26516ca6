package agent

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"pristine/events/outbox"
	"pristine/inspect"
	"pristine/internal/config"
	"pristine/observe"
	"pristine/prompts"
	"pristine/web"
)

// Results stores results as a running agent does, in its own folder. edge bench uses it
// to measure hashes, pictures, evidence, events and history.
type Results struct {
	store   *outbox.Store
	history func() error // closes the history
	cameras []*camera
	working sync.WaitGroup
}

// OpenResults opens a store in dir and a queue for each camera.
func OpenResults(ctx context.Context, dir string, cameras int, model *observe.Model, bank *prompts.Bank) (*Results, error) {
	c := config.Default()
	c.Events.Dir, c.Events.Listen = filepath.Join(dir, "events"), config.Listen{}
	a := &Agent{config: &c, log: slog.New(slog.DiscardHandler), terminal: silent{}, model: model, board: newBoard(), canvases: newCanvases()}
	if _, err := a.openStore(ctx); err != nil {
		return nil, err
	}
	stop, err := a.openHistory(ctx)
	if err != nil || stop == nil {
		return nil, errors.Join(err, errors.New("the history cannot be opened"), a.store.Close())
	}
	r := &Results{store: a.store, history: stop}
	for range cameras {
		k := &camera{agent: a, config: &c.Cameras[0], ages: web.NewAges()}
		k.live.Put(bank, fileOrigin("", nil))
		k.queue = newQueue(&a.buffers, k.store)
		r.cameras = append(r.cameras, k)
		r.working.Go(func() { k.queue.run(context.WithoutCancel(ctx)) })
	}
	return r, nil
}

// silent is a Terminal that shows nothing.
type silent struct{}

func (silent) Say(string, ...any)             {}
func (silent) Progress(string, int, int)      {}
func (silent) Result(*inspect.Result, *Truth) {}
func (silent) Start(func() Totals)            {}
func (silent) Finish()                        {}

// Sink returns the sink for the results of camera i.
func (r *Results) Sink(i int) inspect.Sink { return &sink{camera: r.cameras[i]} }

// Drain waits until every result has its event.
func (r *Results) Drain(ctx context.Context) error {
	ticker := time.NewTicker(100 * time.Microsecond)
	defer ticker.Stop()
	for _, k := range r.cameras {
		for k.queue.waiting.Load() > 0 {
			select {
			case <-ticker.C:
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}
	}
	return nil
}

// Lost returns the number of results without an event, and the number of pictures
// dropped for lack of room.
func (r *Results) Lost() (results, pictures uint64) {
	for _, k := range r.cameras {
		results, pictures = results+k.queue.lost.Load(), pictures+k.queue.givenUp.Load()
	}
	return results, pictures
}

// Close stops the queues when they are empty, and closes the store.
func (r *Results) Close() error {
	for _, k := range r.cameras {
		k.queue.close()
	}
	r.working.Wait()
	return errors.Join(r.history(), r.store.Close())
}
