package doctor

import (
	"context"
	"fmt"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"pristine/events"
	"pristine/events/testhub"
)

// A hub for a seeded station.
type hubSettings struct {
	permissions string
	noJetStream bool
	change      func(all []jetstream.StreamConfig) []jetstream.StreamConfig
	after       func(js jetstream.JetStream) error
}

const granted = `publish: ["qc.plant.line-1.station-1.*", "$JS.API.STREAM.INFO.*", "$O.qc-evidence.>"], subscribe: ["_INBOX.plant.line-1.station-1.>", "qc.svc.plant.line-1.station-1.*"]`

var hubGood = hubSettings{permissions: granted}

// hub starts a NATS server, with a user for the station.
func (s *seeded) hub(h hubSettings) {
	s.t.Helper()
	text := fmt.Sprintf("listen: '127.0.0.1:-1'\nauthorization {users: [{user: admin, password: admin}, {user: edge, password: hunter2, permissions: {%s}}]}\n", h.permissions)
	if !h.noJetStream {
		text += fmt.Sprintf("jetstream {store_dir: %q}\n", s.t.TempDir())
	}
	srv := testhub.Start(s.t, text)
	s.file("user", "edge")
	s.file("password", "hunter2")
	s.more("events", "hub: {url: '"+srv.ClientURL()+"', user_file: user, password_file: password}")
	if h.noJetStream {
		return
	}
	conn, err := nats.Connect(srv.ClientURL(), nats.UserInfo("admin", "admin"))
	if err != nil {
		s.t.Fatal(err)
	}
	defer conn.Close()
	js, err := jetstream.New(conn)
	if err != nil {
		s.t.Fatal(err)
	}
	streams := []jetstream.StreamConfig{
		{Name: events.StreamName, Subjects: events.Subjects()},
		{Name: events.EvidenceStream, Subjects: []string{"$O.qc-evidence.C.>", "$O.qc-evidence.M.>"}},
	}
	if h.change != nil {
		streams = h.change(streams)
	}
	for _, c := range streams {
		if _, err := js.CreateStream(context.Background(), c); err != nil {
			s.t.Fatal(err)
		}
	}
	if h.after != nil {
		if err := h.after(js); err != nil {
			s.t.Fatal(err)
		}
	}
}

// stream returns a hub whose event stream is another one.
func stream(change func(c *jetstream.StreamConfig)) hubSettings {
	return hubSettings{permissions: granted, change: func(all []jetstream.StreamConfig) []jetstream.StreamConfig {
		change(&all[0])
		return all
	}}
}
