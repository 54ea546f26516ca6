package testhub

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"pristine/events/natsserver"

	"github.com/nats-io/nats-server/v2/server"
)

// Start starts a server from the text of a configuration, without a log.
func Start(t testing.TB, text string) *server.Server {
	t.Helper()
	file := filepath.Join(t.TempDir(), "hub.conf")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	o, err := server.ProcessConfigFile(file)
	if err != nil {
		t.Fatal(err)
	}
	o.NoLog, o.NoSigs = true, true
	s, err := server.NewServer(o)
	if err != nil {
		t.Fatal(err)
	}
	go s.Start()
	t.Cleanup(func() { natsserver.Stop(s) })
	if !s.ReadyForConnections(30 * time.Second) {
		t.Fatal("the hub does not start")
	}
	return s
}
