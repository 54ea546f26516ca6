package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"

	"pristine/events"
)

// Pusher pushes prompt sets to the cameras of agents, and reads what the
// agents say of them.
type Pusher struct {
	kv    jetstream.KeyValue
	close func()
}

// OpenPusher connects, and makes the bucket where it is missing. The caller
// closes.
func OpenPusher(ctx context.Context, h events.Hub) (*Pusher, error) {
	conn, js, err := h.ConnectJetStream()
	if err != nil {
		return nil, err
	}
	kv, err := js.KeyValue(ctx, events.PromptsBucket)
	if errors.Is(err, jetstream.ErrBucketNotFound) {
		kv, err = js.CreateKeyValue(ctx, jetstream.KeyValueConfig{Bucket: events.PromptsBucket, History: events.SetHistory, MaxValueSize: events.MaxSetBytes, Description: "prompt sets for inspection agents"})
	}
	if err != nil {
		conn.Close()
		return nil, fmt.Errorf("open bucket %s: %w", events.PromptsBucket, err)
	}
	return &Pusher{kv, conn.Close}, nil
}

// Close closes the connection.
func (p *Pusher) Close() { p.close() }

// Push stages a set for a camera, and returns its revision.
func (p *Pusher) Push(ctx context.Context, s events.Station, camera string, set []byte) (uint64, error) {
	if err := checkKey(s, camera); err != nil {
		return 0, fmt.Errorf("push prompt set: %w", err)
	}
	if len(set) > events.MaxSetBytes {
		return 0, fmt.Errorf("push prompt set: %d bytes are more than %d", len(set), events.MaxSetBytes)
	}
	revision, err := p.kv.Put(ctx, setKey(s, camera), set)
	if err != nil {
		return 0, fmt.Errorf("push prompt set: %w", err)
	}
	return revision, nil
}

// Arm asks the agent to put a revision into effect; by names who asks, for the
// record.
func (p *Pusher) Arm(ctx context.Context, s events.Station, camera string, revision uint64, by string) error {
	if err := checkKey(s, camera); err != nil {
		return fmt.Errorf("arm prompt set: %w", err)
	}
	value, err := json.Marshal(wish{revision, by})
	if err != nil {
		return fmt.Errorf("arm prompt set: %w", err)
	}
	if _, err := p.kv.Put(ctx, armKey(s, camera), value); err != nil {
		return fmt.Errorf("arm prompt set: %w", err)
	}
	return nil
}

// Rollback asks for the revision that was armed before, and returns it.
func (p *Pusher) Rollback(ctx context.Context, s events.Station, camera, by string) (uint64, error) {
	if err := checkKey(s, camera); err != nil {
		return 0, fmt.Errorf("roll back prompt set: %w", err)
	}
	wishes, err := p.kv.History(ctx, armKey(s, camera))
	if err != nil {
		return 0, fmt.Errorf("roll back prompt set: %w", err)
	}
	if len(wishes) < 2 {
		return 0, errors.New("roll back prompt set: no other one was armed before")
	}
	before, err := parseWish(wishes[len(wishes)-2].Value())
	if err != nil {
		return 0, fmt.Errorf("roll back prompt set: %w", err)
	}
	return before.Revision, p.Arm(ctx, s, camera, before.Revision, by)
}

// Status returns what the agent last reported about the camera's pushed sets; nil when
// it has said nothing.
func (p *Pusher) Status(ctx context.Context, s events.Station, camera string) (*SetStatus, error) {
	if err := checkKey(s, camera); err != nil {
		return nil, fmt.Errorf("read what the agent says: %w", err)
	}
	entry, err := p.kv.Get(ctx, statusKey(s, camera))
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read what the agent says: %w", err)
	}
	var status SetStatus
	if err := json.Unmarshal(entry.Value(), &status); err != nil {
		return nil, fmt.Errorf("read what the agent says: %w", err)
	}
	return &status, nil
}

// Await waits until the agent has said something of a revision, at best the
// state that is waited for.
func (p *Pusher) Await(ctx context.Context, s events.Station, camera string, revision uint64, state string) (*SetStatus, error) {
	if err := checkKey(s, camera); err != nil {
		return nil, fmt.Errorf("wait for the agent: %w", err)
	}
	watcher, err := p.kv.Watch(ctx, statusKey(s, camera))
	if err != nil {
		return nil, fmt.Errorf("wait for the agent: %w", err)
	}
	defer func() { _ = watcher.Stop() }()
	for {
		select {
		case entry, open := <-watcher.Updates():
			if !open {
				return nil, errors.New("wait for the agent: the connection was lost")
			}
			if entry == nil {
				continue
			}
			var status SetStatus
			if json.Unmarshal(entry.Value(), &status) == nil && status.Revision == revision && (status.State == state || status.State == "refused") {
				return &status, nil
			}
		case <-ctx.Done():
			return nil, fmt.Errorf("wait for the agent: %w: is it running, and has it this camera?", context.Cause(ctx))
		}
	}
}
