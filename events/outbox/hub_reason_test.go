package outbox

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go/jetstream"

	"pristine/events"
)

// Each reason for which a hub takes no events has its code and its words, with
// what to do next; and none of them counts as connected.
func TestForwarder_SaysWhyTheHubTakesNoEvents(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	stream := func(change func(*jetstream.StreamConfig)) func(*testing.T) events.Hub {
		return func(t *testing.T) events.Hub {
			hub := serve(t, server.Options{JetStream: true})
			c := atHub()
			change(&c)
			createStream(t, admin(t, hub), c)
			return events.Hub{URL: hub.ClientURL()}
		}
	}
	written := func(t *testing.T, text string) string {
		file := filepath.Join(t.TempDir(), "secret")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	for name, tc := range map[string]struct {
		hub  func(t *testing.T) events.Hub
		code events.HubCode
		says string
	}{
		"no such host": {func(*testing.T) events.Hub { return events.Hub{URL: "nats://no-such-hub.invalid:4222"} }, events.HubDNS, "no-such-hub.invalid"},
		"port closed":  {func(*testing.T) events.Hub { return events.Hub{URL: "nats://" + closed.Addr().String()} }, events.HubRefused, "start the hub"},
		"says nothing": {func(t *testing.T) events.Hub { return events.Hub{URL: silent(t)} }, events.HubTimeout, "network"},
		"no JetStream": {func(t *testing.T) events.Hub { return events.Hub{URL: serve(t, server.Options{}).ClientURL()} }, events.HubNoJetStream, "enable jetstream"},
		"secret absent": {func(*testing.T) events.Hub {
			return events.Hub{URL: "nats://127.0.0.1:4", UserFile: "nowhere", PasswordFile: "nowhere"}
		}, events.HubCredentials, "nowhere"},
		"wrong password": {func(t *testing.T) events.Hub {
			hub := serve(t, server.Options{JetStream: true, Username: "u", Password: "right"})
			return events.Hub{URL: hub.ClientURL(), UserFile: written(t, "u"), PasswordFile: written(t, "wrong-secret")}
		}, events.HubAuth, "the hub refuses the user"},
		"unknown authority": {func(t *testing.T) events.Hub {
			return events.Hub{URL: newPlant(t, "hub.conf").url, UserFile: written(t, "u"), PasswordFile: written(t, "p")}
		}, events.HubTLS, "unknown authority"},
		"no TLS at the hub": {func(t *testing.T) events.Hub {
			return events.Hub{URL: strings.Replace(serve(t, server.Options{JetStream: true}).ClientURL(), "nats:", "tls:", 1)}
		}, events.HubTLS, "no TLS"},
		"account without JetStream": {func(t *testing.T) events.Hub {
			return events.Hub{URL: configured(t, `jetstream {store_dir: "`+t.TempDir()+`"}
				accounts {A {users: [{user: a, password: a}]}, B {jetstream: enabled}}
				no_auth_user: a`).ClientURL()}
		}, events.HubNoJetStream, "account"},
		"may not publish": {func(t *testing.T) events.Hub {
			return events.Hub{URL: configured(t, `jetstream {store_dir: "`+t.TempDir()+`"}
				accounts {A {jetstream: enabled, users: [{user: a, password: a, permissions: {publish: {deny: "qc.>"}}}]}}
				no_auth_user: a`).ClientURL()}
		}, events.HubPermission, "qc.plant.line-1.s1.result"},
		"may not create the stream": {func(t *testing.T) events.Hub {
			return events.Hub{URL: configured(t, `jetstream {store_dir: "`+t.TempDir()+`"}
				accounts {A {jetstream: enabled, users: [{user: a, password: a, permissions: {publish: {deny: "$JS.API.STREAM.CREATE.>"}}}]}}
				no_auth_user: a`).ClientURL()}
		}, events.HubPermission, "STREAM.CREATE.QC"},
		"other subjects":       {stream(func(c *jetstream.StreamConfig) { c.Subjects = []string{"quality.>"} }), events.HubStreamSubjects, "quality.>"},
		"acknowledges nothing": {stream(func(c *jetstream.StreamConfig) { c.NoAck = true }), events.HubStreamNoAck, "no_ack"},
		"full":                 {stream(func(c *jetstream.StreamConfig) { c.MaxMsgs, c.MaxBytes, c.Discard = 1, 300, jetstream.DiscardNew }), events.HubStreamFull, "discard old"},
		"another stream": {func(t *testing.T) events.Hub {
			hub := serve(t, server.Options{JetStream: true})
			c := atHub()
			c.Name = "OTHER"
			createStream(t, admin(t, hub), c)
			return events.Hub{URL: hub.ClientURL()}
		}, events.HubStreamSubjects, "another stream"},
		"mirror": {func(t *testing.T) events.Hub {
			hub := serve(t, server.Options{JetStream: true})
			c, js := atHub(), admin(t, hub)
			c.Name = "ORIGIN"
			createStream(t, js, c)
			createStream(t, js, jetstream.StreamConfig{Name: events.StreamName, Mirror: &jetstream.StreamSource{Name: "ORIGIN"}})
			return events.Hub{URL: hub.ClientURL()}
		}, events.HubStreamMirror, "ORIGIN"},
		"sealed": {func(t *testing.T) events.Hub {
			hub := serve(t, server.Options{JetStream: true})
			c, js := atHub(), admin(t, hub)
			createStream(t, js, c)
			c.Sealed = true
			if _, err := js.UpdateStream(context.Background(), c); err != nil {
				t.Fatal(err)
			}
			return events.Hub{URL: hub.ClientURL()}
		}, events.HubStreamSealed, "sealed"},
	} {
		t.Run(name, func(t *testing.T) {
			hub := tc.hub(t)
			s := openStore(t, Options{Dir: t.TempDir()})
			appendResult(t, s, 0, "PASS", nil)
			told := make(chan error, 100)
			forward(t, s, ForwardOptions{Hub: hub, OnState: func(connected bool, err error) {
				if connected {
					t.Error("the hub is said to take events")
				}
				told <- err
			}})
			eventually(t, "the status says "+string(tc.code), func() bool { return s.Status().Hub.Code == tc.code })
			got := s.Status()
			if got.Connected || got.Backlog() != 1 || got.Hub.Since.IsZero() || !strings.Contains(got.Hub.Detail, tc.says) || strings.Contains(got.Hub.Detail, "wrong-secret") {
				t.Errorf("status %+v with a backlog of %d, want 1 and a detail with %q", got.Hub, got.Backlog(), tc.says)
			}
			var cause *events.HubError
			for err := range told {
				if !errors.As(err, &cause) || cause.Remedy == "" {
					t.Errorf("OnState got %v, want a HubError with a remedy", err)
				}
				if cause.Code == tc.code {
					break
				}
			}
		})
	}
}

// The hub counts as connected when it acknowledged an event, not before.
func TestForwarder_ConnectedOnlyAfterAnAcknowledgement(t *testing.T) {
	hub := serve(t, server.Options{JetStream: true})
	s := openStore(t, Options{Dir: t.TempDir()})
	forward(t, s, ForwardOptions{Hub: events.Hub{URL: hub.ClientURL()}})
	js := admin(t, hub)
	eventually(t, "the forwarder has opened the bucket", func() bool {
		_, err := js.Stream(context.Background(), events.EvidenceStream)
		return err == nil
	})
	if got := s.Status().Hub; got.Connected || got.Code != "" || got.Detail == "" {
		t.Errorf("before the first event: %+v, want not connected, without a code", got)
	}
	appendResult(t, s, 0, "PASS", nil)
	eventually(t, "the hub counts as connected", func() bool { return s.Status().Connected })
	if got := s.Status(); got.Backlog() != 0 || got.Hub.Code != "" || got.Hub.Detail != "" {
		t.Errorf(`after the first event: %+v with a backlog of %d; want got.Backlog() == 0, got.Hub.Code == "", got.Hub.Detail == ""`, got.Hub, got.Backlog())
	}
}
