package natsserver

import (
	"context"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// A server that stops while it makes a stream leaves no goroutine of that stream,
// whenever its client gives up. With a plain shutdown about 15 of these 20 remain.
func TestStop_WhileAStreamIsMade(t *testing.T) {
	for i := range 20 {
		s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, StoreDir: t.TempDir(), JetStream: true, SyncAlways: true, NoLog: true, NoSigs: true})
		if err != nil {
			t.Fatal(err)
		}
		go s.Start()
		if !s.ReadyForConnections(30 * time.Second) {
			t.Fatal("the server does not start")
		}
		conn, err := nats.Connect(s.ClientURL())
		if err != nil {
			t.Fatal(err)
		}
		js, err := jetstream.New(conn)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i)*time.Millisecond/4)
		_, _ = js.CreateStream(ctx, jetstream.StreamConfig{Name: "MADE", Subjects: []string{"made"}})
		cancel()
		if err := conn.FlushTimeout(time.Minute); err != nil { // the server has read the request
			t.Fatal(err)
		}
		conn.Close()
		Stop(s)
	}
	stacks := make([]byte, 8<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	if n := strings.Count(string(stacks), "flushStreamStateLoop"); n > 0 {
		t.Errorf("the goroutines of %d streams still run:\n%s", n, stacks)
	}
}

// A server without JetStream stops, too.
func TestStop_WithoutJetStream(t *testing.T) {
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, NoLog: true, NoSigs: true})
	if err != nil {
		t.Fatal(err)
	}
	go s.Start()
	if !s.ReadyForConnections(30 * time.Second) {
		t.Fatal("the server does not start")
	}
	Stop(s)
	if s.Running() {
		t.Error("the server still runs")
	}
}
