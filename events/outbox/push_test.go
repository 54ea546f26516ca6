package outbox

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"pristine/events"
	"pristine/events/control"
)

// armable is an agent with one camera that takes every set.
type armable struct {
	control.Agent
	armed atomic.Uint64
}

func (a *armable) Cameras() []string                                      { return []string{"belt"} }
func (a *armable) Validate(context.Context, string, []byte) error         { return nil }
func (a *armable) Lint(context.Context, string, []byte) ([]string, error) { return nil, nil }
func (a *armable) Wish(string) uint64                                     { return 0 }

func (a *armable) Arm(_ context.Context, _ string, p control.Pushed, _ []byte) error {
	revision := p.Revision
	a.armed.Store(revision)
	return nil
}
func (a *armable) Armed(string) uint64  { return a.armed.Load() }
func (a *armable) Status() events.State { return events.State{State: events.StateHeartbeat} }

// Evaluate reads every picture.
func (a *armable) Evaluate(ctx context.Context, _ string, pictures []control.Labelled) (any, error) {
	read := 0
	for _, p := range pictures {
		jpeg, err := p.JPEG(ctx)
		if err != nil {
			return nil, err
		}
		read += len(jpeg)
	}
	return read, nil
}

// An operator at a hub started from deploy/nats pushes prompt sets to an agent
// at the hub and, by its JetStream domain, to one at a line's leaf node, with the
// rights that the files give each of them; both answer requests, and evaluate
// evidence that is where the request comes from.
func TestPromptSetsReachTheDeployedAgents(t *testing.T) {
	plant := newPlant(t, "hub-leaf.conf")
	leaf := plant.leaf(plant.leafAddress())
	plant.linked()
	plant.operate("../../deploy/nats/streams.sh")
	for name, tc := range map[string]struct {
		agent  events.Hub
		domain string
	}{
		"station-1": {plant.as(plant.url, "station-1"), ""},
		"station-9": {plant.as(leaf.ClientURL(), "agent"), "line-1"},
	} {
		t.Run(name, func(t *testing.T) {
			place, agent, operator := events.Station{Site: "plant", Line: "line-1", Name: name}, &armable{}, plant.as(plant.url, "operator")
			tc.agent.InboxPrefix, operator.Domain = place.InboxPrefix(), tc.domain
			ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
			served := make(chan struct{})
			go func() {
				defer close(served)
				if err := control.Serve(ctx, control.Options{Connect: tc.agent.Agent, Station: place, Agent: agent}); !errors.Is(err, context.Canceled) {
					t.Errorf("serve: %v", err)
				}
			}()
			defer func() { cancel(); <-served }()
			pusher, err := control.OpenPusher(ctx, operator)
			if err != nil {
				t.Fatal(err)
			}
			defer pusher.Close()
			revision, err := pusher.Push(ctx, place, "belt", []byte("a set"))
			if err != nil {
				t.Fatal(err)
			}
			if status, err := pusher.Await(ctx, place, "belt", revision, "acknowledged"); err != nil || status.State != "acknowledged" {
				t.Fatalf("%+v, %v", status, err)
			}
			if err := pusher.Arm(ctx, place, "belt", revision, ""); err != nil {
				t.Fatal(err)
			}
			if status, err := pusher.Await(ctx, place, "belt", revision, "armed"); err != nil || status.State != "armed" || agent.Armed("belt") != revision {
				t.Errorf(`%+v, %v, armed %d; want err == nil, status.State == "armed", agent.Armed("belt") == revision`, status, err, agent.Armed("belt"))
			}
			conn, err := operator.Connect(false)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			eventually(t, "an answer", func() bool {
				answer, err := conn.Request("qc.svc."+place.Token()+".status", nil, 5*time.Second)
				if err != nil && !errors.Is(err, nats.ErrNoResponders) {
					t.Fatal(err)
				}
				return err == nil && answer.Header.Get("Nats-Service-Error-Code") == ""
			})
			keeper := operator
			if tc.domain != "" { // from the hub the buckets of both would take the picture, and either would say so
				keeper = tc.agent
			}
			kept, err := keeper.Connect(false)
			if err != nil {
				t.Fatal(err)
			}
			defer kept.Close()
			js, err := keeper.JetStream(kept)
			if err != nil {
				t.Fatal(err)
			}
			bucket, err := js.CreateOrUpdateObjectStore(ctx, evidenceBucket(100_000_000))
			if err == nil {
				_, err = bucket.PutBytes(ctx, "fail-a.jpg", bytesOf(300_000))
			}
			if err != nil {
				t.Fatal(err)
			}
			labelled := `{"pictures": [{"label": "good", "jpeg": "anBlZw=="}, {"label": "bad", "evidence": "fail-a.jpg"}]}`
			if answer, err := conn.Request("qc.svc."+place.Token()+".eval", []byte(labelled), 20*time.Second); err != nil || string(answer.Data) != "300004" {
				t.Errorf("an evaluation gave %+v, %v", answer, err)
			}
		})
	}
}
