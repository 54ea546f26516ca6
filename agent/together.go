package agent

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"
)

// together returns a part that starts the given rows of parts side by side; the parts
// of a row start one after another. It stops the rows in reverse order. Where a part
// fails, the others of its row are not started, and what has started is stopped with
// the agent.
func (a *Agent) together(rows ...[]part) part {
	var names []string
	for _, row := range rows {
		for _, p := range row {
			names = append(names, p.name)
		}
	}
	return part{strings.Join(names, "+"), func(ctx context.Context) (func() error, error) {
		stops, errs := make([]func() error, len(rows)), make([]error, len(rows))
		var starting sync.WaitGroup
		for i, row := range rows {
			starting.Go(func() { stops[i], errs[i] = a.startAll(ctx, row) })
		}
		starting.Wait()
		return func() error { return stopAll(stops) }, errors.Join(errs...)
	}}
}

// startAll starts parts one after another until one fails. What it returns stops
// those that have started, also where there is an error.
func (a *Agent) startAll(ctx context.Context, parts []part) (stop func() error, err error) {
	var stops []func() error
	stop = func() error { return stopAll(stops) }
	for _, p := range parts {
		began := time.Now()
		one, err := p.start(ctx)
		a.start.took(p.name, time.Since(began))
		if one != nil {
			stops = append(stops, one)
		}
		if err != nil {
			return stop, err
		}
	}
	return stop, nil
}

// stopAll calls the functions, the last one first.
func stopAll(stops []func() error) (err error) {
	for i := len(stops) - 1; i >= 0; i-- {
		err = errors.Join(err, stops[i]())
	}
	return err
}
