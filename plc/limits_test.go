package plc

import (
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"
)

// One controller more than are served is closed at once, and the others go on.
func TestServer_BoundsTheControllers(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	server, err := Listen(address, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	all := make([]net.Conn, 0, maxClients+1)
	for range maxClients + 1 {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		all = append(all, conn)
	}
	closed, end := 0, time.Now().Add(2*time.Second)
	for _, conn := range all {
		if err := conn.SetReadDeadline(end); err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Read(make([]byte, 1)); errors.Is(err, io.EOF) {
			closed++
		} else if !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%v", err)
		}
	}
	if closed != 1 {
		t.Errorf("%d of %d connections were closed, want 1", closed, maxClients+1)
	}
}
