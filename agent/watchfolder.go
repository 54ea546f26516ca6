package agent

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"pristine/capture/address"
	"pristine/capture/watchfolder"
	"pristine/events"
	"pristine/events/outbox"
	"pristine/inspect"
)

// openWatched opens the ledger of a watched folder, and catches up with the events
// that were stored when the program was killed. all are the stations of the camera.
func openWatched(ctx context.Context, all []*camera) error {
	k := all[0]
	if k.config.Source.Kind != address.Watch {
		return nil
	}
	names := make([]string, 0, len(all))
	for _, s := range all {
		names = append(names, s.config.Name)
	}
	dir := filepath.Dir(filepath.Clean(k.agent.config.Events.Dir))
	sum := sha256.Sum256([]byte(k.config.Source.Target)) // another folder starts with an empty ledger
	ledger, err := watchfolder.OpenLedger(filepath.Join(dir, "watched", names[0]+"-"+hex.EncodeToString(sum[:6])+".db"), names...)
	if err != nil {
		return fmt.Errorf("camera %s: %w", k.config.Name, err)
	}
	for _, s := range all {
		s.ledger = ledger
	}
	if err := k.recoverWatched(ctx, names); err != nil {
		return errors.Join(fmt.Errorf("camera %s: %w", k.config.Name, err), ledger.Close())
	}
	return nil
}

// recoverWatched records the events that the ledger does not know: it is written after
// them.
func (k *camera) recoverWatched(ctx context.Context, stations []string) error {
	last, err := k.ledger.Sequence(k.agent.store.Sequence())
	if err != nil {
		return err
	}
	return k.agent.store.After(ctx, last, func(e *events.Event) {
		r, err := e.Result()
		if err != nil || r.Frame == nil {
			return
		}
		rel, err := filepath.Rel(k.config.Source.Target, r.Frame.Name)
		if err != nil || strings.HasPrefix(rel, "..") {
			return
		}
		for _, station := range stations {
			if r.Camera == station {
				k.ledger.Recover(station, rel, r.Frame.Captured, outcome(e, inspect.Verdict(r.Verdict), inspect.Standing{Shadow: r.Shadow}))
			}
		}
	})
}

// outcome is what the ledger keeps of a stored result. Files are moved by what the
// line may do with their part, as every output is.
func outcome(e *events.Event, v inspect.Verdict, s inspect.Standing) watchfolder.Outcome {
	a := inspect.Answer{Verdict: v, Standing: s}
	o := watchfolder.Outcome{Verdict: string(v), Action: watchfolder.Look, Sequence: e.Sequence}
	switch {
	case a.Action() == inspect.AcceptPart:
		o.Action = watchfolder.Accept
	case a.Action() == inspect.RejectPart && v == inspect.Fail:
		o.Action = watchfolder.Reject
	}
	return o
}

// watchOptions are those of the camera's watched folder.
func (k *camera) watchOptions() watchfolder.Options {
	o := watchfolder.Options{
		Ledger: k.ledger, Then: watchfolder.Then(k.config.Watch.Then), Settle: k.config.Watch.Settle,
		Warn: func(err error) {
			k.agent.log.Error("pictures that were inspected stay in the watched folder", "camera", k.config.Name, "err", err)
		},
	}
	o.Part = k.config.Watch.Part.Regexp
	for _, region := range k.regions {
		if dir := region.config.References; dir != "" {
			o.Without = append(o.Without, dir)
		}
	}
	return o
}

// recordWatched records in the ledger what became of a result's event.
func (k *camera) recordWatched(e *events.Event, r *inspect.Result, err error) {
	switch {
	case k.ledger == nil:
	case err == nil:
		if err := k.ledger.Done(k.config.Name, r.Part, outcome(e, r.Verdict, r.Standing)); err != nil {
			k.agent.log.Error("a picture of the watched folder may be inspected again at the next start", "camera", k.config.Name, "part", r.Part, "err", err)
		}
	case errors.Is(err, outbox.ErrFull), errors.Is(err, outbox.ErrRestarting), errors.Is(err, errQueueFull):
		k.ledger.Failed(k.config.Name, r.Part)
	default: // the event may be stored: the next start looks for it
	}
}
