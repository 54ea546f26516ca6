package presence

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"pristine/events"
)

// Bucket holds a key for each station: site.line.name.
const Bucket = "qc-presence"

// MarkerAge is how long a hub remembers that a station is gone.
const MarkerAge = 7 * 24 * time.Hour

// ErrUnsupported is returned within an error when the bucket cannot say that a
// station is gone.
var ErrUnsupported = errors.New("the hub cannot expire keys: use nats-server 2.11 or newer, and create the bucket " + Bucket + " with deploy/nats/streams.sh")

// Config returns how the bucket is created.
func Config() jetstream.KeyValueConfig {
	return jetstream.KeyValueConfig{Bucket: Bucket, Description: "which stations are there", MaxValueSize: 4 << 10, MaxBytes: 4 << 20, LimitMarkerTTL: MarkerAge}
}

// State is whether a station is there.
type State string

// The states of a station.
const (
	Present State = "present"
	Stopped State = "stopped" // it was told to stop
	Gone    State = "gone"    // the hub has not heard from it
)

// Change is a station's new state.
type Change struct {
	Station string    `json:"-"` // site.line.name
	State   State     `json:"state"`
	Since   time.Time `json:"since"`             // when it started (by its clock), or stopped or was gone (by the hub's)
	Version string    `json:"version,omitempty"` // of a present station
	Initial bool      `json:"-"`                 // it was so when Watch began
}

// value is what a present station's key holds.
type value struct {
	Started time.Time `json:"started"`
	Version string    `json:"version,omitempty"`
}

// List returns the state of every station that the bucket knows, by site.line.name.
func List(ctx context.Context, js jetstream.JetStream) (map[string]Change, error) {
	watcher, err := open(ctx, js)
	if err != nil {
		return nil, err
	}
	defer func() { _ = watcher.Stop() }()
	found := map[string]Change{}
	for {
		select {
		case entry := <-watcher.Updates():
			if entry == nil {
				return found, nil
			}
			if c, ok := change(entry); ok {
				found[c.Station] = c
			}
		case <-ctx.Done():
			return nil, fmt.Errorf("read bucket %s: %w", Bucket, ctx.Err())
		}
	}
}

// open watches the bucket: first what it holds, then nil, then changes.
func open(ctx context.Context, js jetstream.JetStream) (jetstream.KeyWatcher, error) {
	kv, err := js.KeyValue(ctx, Bucket)
	if err != nil {
		return nil, fmt.Errorf("open bucket %s: %w", Bucket, err)
	}
	watcher, err := kv.WatchAll(ctx)
	if err != nil {
		return nil, fmt.Errorf("read bucket %s: %w", Bucket, err)
	}
	return watcher, nil
}

// change reads a key. The client gives the hub's own expiry markers as a purge, and
// a station's deletion as a deletion.
func change(entry jetstream.KeyValueEntry) (Change, bool) {
	station, err := events.ParseStation(entry.Key())
	if err != nil {
		return Change{}, false
	}
	c := Change{Station: station.Token(), Since: entry.Created()}
	switch entry.Operation() {
	case jetstream.KeyValueDelete:
		c.State = Stopped
	case jetstream.KeyValuePurge:
		c.State = Gone
	default:
		var v value
		if err := json.Unmarshal(entry.Value(), &v); err != nil {
			return Change{}, false
		}
		c.State, c.Since, c.Version = Present, v.Started, v.Version
	}
	return c, true
}
