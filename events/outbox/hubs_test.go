package outbox

import (
	"context"
	"net"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"pristine/events"
	"pristine/events/natsserver"
	"pristine/events/testhub"
)

// serve starts a NATS server with JetStream until the test ends.
func serve(t *testing.T, o server.Options) *server.Server {
	t.Helper()
	o.Host, o.NoLog, o.NoSigs = "127.0.0.1", true, true
	if o.Port == 0 {
		o.Port = server.RANDOM_PORT
	}
	if o.JetStream {
		o.StoreDir = t.TempDir()
	}
	s, err := server.NewServer(&o)
	if err != nil {
		t.Fatal(err)
	}
	go s.Start()
	if !s.ReadyForConnections(30 * time.Second) {
		t.Fatal("the server does not start")
	}
	t.Cleanup(func() { natsserver.Stop(s) })
	return s
}

// configured starts a server from a configuration's text.
func configured(t *testing.T, text string) *server.Server {
	t.Helper()
	return testhub.Start(t, "listen: \"127.0.0.1:-1\"\n"+text)
}

// admin is a connection to a server's JetStream.
func admin(t *testing.T, s *server.Server, options ...nats.Option) jetstream.JetStream {
	t.Helper()
	conn, err := nats.Connect("", append(options, nats.InProcessServer(s))...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	js, err := jetstream.New(conn)
	if err != nil {
		t.Fatal(err)
	}
	return js
}

func createStream(t *testing.T, js jetstream.JetStream, c jetstream.StreamConfig) jetstream.Stream {
	t.Helper()
	stream, err := js.CreateStream(context.Background(), c)
	if err != nil {
		t.Fatalf("create stream %s: %v", c.Name, err)
	}
	return stream
}

// atHub is the event stream as the hub should have it.
func atHub() jetstream.StreamConfig {
	return jetstream.StreamConfig{Name: events.StreamName, Subjects: events.Subjects(), AllowDirect: true}
}

// picturesAtHub is the stream below the bucket as the hub should have it.
func picturesAtHub() jetstream.StreamConfig {
	return jetstream.StreamConfig{Name: events.EvidenceStream, Subjects: []string{"$O.qc-evidence.C.>", "$O.qc-evidence.M.>"}, AllowDirect: true, AllowRollup: true}
}

// appendPicture stores a picture and its event.
func appendPicture(t *testing.T, s *Store, part, size int) []byte {
	t.Helper()
	picture := make([]byte, size)
	for i := range picture {
		picture[i] = byte(i * 7 / 3)
	}
	evidence, err := s.PutEvidence(context.Background(), "FAIL", picture)
	if err != nil {
		t.Fatal(err)
	}
	appendResult(t, s, part, "FAIL", evidence)
	return picture
}

// evidenceOf returns the evidence of a server's first event.
func evidenceOf(t *testing.T, url string) *events.Evidence {
	t.Helper()
	got, _ := all(t, url)
	result, err := got[0].Result()
	if err != nil {
		t.Fatal(err)
	}
	return result.Evidence
}

// silent is a port where connections are accepted and nothing is said.
func silent(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	return "nats://" + listener.Addr().String()
}
