package agent

import (
	"errors"
	"net"
	"os"
	"slices"
	"syscall"

	"pristine/capture"
	"pristine/events/outbox"
)

// hubState returns what the store and its forwarder say of the hub. It is the
// one place where the cause of a hub that takes no events gets its code.
func (a *Agent) hubState(s *outbox.Status, failed bool, err error) hubFacts {
	f := hubFacts{url: capture.Redact(a.config.Events.Hub.URL), failed: failed && !s.Connected}
	if f.failed {
		f.cause = hubCause(err)
		if err != nil {
			f.detail = err.Error()
		}
	}
	return f
}

// hubCause returns the stable code of an error of the forwarder.
func hubCause(err error) string {
	var dns *net.DNSError
	var timeout interface{ Timeout() bool }
	switch {
	case err == nil:
		return "disconnected"
	case errors.As(err, &dns):
		return "dns"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "refused"
	case errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return "timeout"
	default:
		return "other"
	}
}

// hubRefuses reports whether a hub of that cause answers and takes nothing, so
// that somebody has to act; any other may come back by itself.
func hubRefuses(cause string) bool {
	return !slices.Contains([]string{"", "other", "dns", "refused", "unreachable", "timeout", "disconnected"}, cause)
}
