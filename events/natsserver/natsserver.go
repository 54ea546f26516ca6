package natsserver

import (
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// requestLimit bounds the wait for requests in progress. Making a stream takes
// milliseconds, on a slow disk a second.
const requestLimit = 5 * time.Second

// Stop stops a server after its JetStream requests in progress. A server that shuts down
// while it makes a stream does not know that stream yet, and leaves its goroutines
// running.
func Stop(s *server.Server) {
	limit := time.Now().Add(requestLimit)
	for busy(s) && time.Now().Before(limit) {
		time.Sleep(time.Millisecond)
	}
	s.Shutdown()
	s.WaitForShutdown()
}

// busy reports whether JetStream requests are in progress.
func busy(s *server.Server) bool {
	info, err := s.Jsz(nil)
	return err == nil && info.API.Inflight > 0
}
