package plc

import (
	"errors"
	"io"
	"net"
	"slices"
	"testing"
	"time"
)

// One controller more than are served is closed at once, and the others stay.
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
	closed := make(chan int, len(all))
	for i, conn := range all {
		if err := conn.SetReadDeadline(time.Now().Add(2 * time.Second)); err != nil {
			t.Fatal(err)
		}
		go func() {
			if _, err := conn.Read(make([]byte, 1)); errors.Is(err, io.EOF) {
				closed <- i
			} else {
				closed <- -1
			}
		}()
	}
	var gone []int
	for range all {
		if i := <-closed; i >= 0 {
			gone = append(gone, i)
		}
	}
	if !slices.Equal(gone, []int{maxClients}) {
		t.Errorf("connections %v were closed, want the last of %d", gone, len(all))
	}
}
