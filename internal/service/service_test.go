package service

import (
	"context"
	"errors"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// systemd listens as systemd does.
func systemd(t *testing.T) *net.UnixConn {
	t.Helper()
	path := filepath.Join(t.TempDir(), "notify")
	c, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	t.Setenv("NOTIFY_SOCKET", path)
	return c
}

func receive(t *testing.T, c *net.UnixConn, wait time.Duration) string {
	t.Helper()
	buffer := make([]byte, 4096)
	if err := c.SetReadDeadline(time.Now().Add(wait)); err != nil {
		t.Fatal(err)
	}
	n, err := c.Read(buffer)
	if err != nil {
		return ""
	}
	return string(buffer[:n])
}

func TestStatesReachSystemd(t *testing.T) {
	c := systemd(t)
	if err := errors.Join(Status("building the engine", time.Minute), Ready(), Stopping()); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"STATUS=building the engine\nEXTEND_TIMEOUT_USEC=60000000", "READY=1", "STOPPING=1"} {
		if got := receive(t, c, 10*time.Second); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestTheWatchdogIsFedOnlyAfterAProbeThatSucceeded(t *testing.T) {
	c := systemd(t)
	t.Setenv("WATCHDOG_USEC", "100000")
	t.Setenv("WATCHDOG_PID", "")
	ctx, cancel := context.WithCancel(context.Background())
	probes, done := make(chan error), make(chan error)
	go func() { done <- Watch(ctx, func(context.Context) error { return <-probes }) }()
	probes <- errors.New("the work hangs")
	probes <- nil
	if got := receive(t, c, 10*time.Second); got != "WATCHDOG=1" {
		t.Errorf("got %q", got)
	}
	if got := receive(t, c, 50*time.Millisecond); got != "" {
		t.Errorf("it was fed %q twice for one probe", got)
	}
	cancel()
	close(probes)
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestOutsideSystemdEveryCallDoesNothing(t *testing.T) {
	t.Setenv("NOTIFY_SOCKET", "")
	t.Setenv("WATCHDOG_USEC", "")
	if err := errors.Join(Ready(), Stopping(), Status("x", 0), Watch(context.Background(), nil)); err != nil {
		t.Error(err)
	}
	t.Setenv("WATCHDOG_USEC", "abc")
	if err := Watch(context.Background(), nil); err == nil || !strings.Contains(err.Error(), "watchdog") {
		t.Errorf("a damaged setting gave %v", err)
	}
}
