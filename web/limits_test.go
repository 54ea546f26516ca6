package web

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"pristine/users"
)

// A client that never ends its form is not waited for: its handler gets an error.
func TestServer_ABodyThatNeverEnds(t *testing.T) {
	s, err := Listen("127.0.0.1:0", Options{Status: example})
	if err != nil {
		t.Fatal(err)
	}
	s.bodyLimit = 100 * time.Millisecond
	read := make(chan error, 1)
	s.Handle("POST /form", users.Nobody, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, err := io.ReadAll(r.Body)
		read <- err
	}))
	done := make(chan error, 1)
	go func() { done <- s.Serve() }()
	t.Cleanup(func() { _ = s.Close(); <-done })
	conn, err := net.Dial("tcp", s.listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST /form HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf")
	select {
	case err := <-read:
		if err == nil {
			t.Error("half a body was read without an error")
		}
	case <-time.After(30 * time.Second):
		t.Fatal("the handler still reads")
	}
}

// The limit is of the body alone: what is made of a whole body takes its time, such as
// a search whose index must be read first.
func TestServer_AnAnswerThatTakesLongerThanTheBodyMay(t *testing.T) {
	s, err := Listen("127.0.0.1:0", Options{Status: example})
	if err != nil {
		t.Fatal(err)
	}
	s.bodyLimit = 100 * time.Millisecond
	s.Handle("POST /form", users.Nobody, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.ReadAll(r.Body); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		select {
		case <-r.Context().Done():
			http.Error(w, context.Cause(r.Context()).Error(), http.StatusInternalServerError)
		case <-time.After(5 * s.bodyLimit):
		}
	}))
	done := make(chan error, 1)
	go func() { done <- s.Serve() }()
	t.Cleanup(func() { _ = s.Close(); <-done })
	answer, err := http.Post("http://"+s.listener.Addr().String()+"/form", "text/plain", strings.NewReader("whole"))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if text, _ := io.ReadAll(answer.Body); answer.StatusCode != http.StatusOK {
		t.Errorf("%s: %s", answer.Status, text)
	}
}

func TestServer_HeadersThatAreTooLarge(t *testing.T) {
	s := serve(t, example)
	conn, err := net.Dial("tcp", s.listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "GET /livez HTTP/1.1\r\nHost: localhost\r\nX: %s\r\n\r\n", strings.Repeat("x", 2*bytesLimit))
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("%d, want 431", answer.StatusCode)
	}
}
