package agent

import (
	"slices"

	"pristine/capture"
	"pristine/events"
	"pristine/events/outbox"
)

// hubState returns the hub's state as the store reports it.
func (a *Agent) hubState(s *outbox.Status) hubFacts {
	return hubFacts{
		url: capture.Redact(a.config.Events.Hub.URL), failed: !s.Hub.Connected && s.Hub.Code != "", cause: string(s.Hub.Code), detail: s.Hub.Detail,
	}
}

// hubRefuses reports whether a hub with that cause answers but rejects events, so
// that somebody has to act. Any other outage may end without help.
func hubRefuses(cause string) bool {
	return !slices.Contains([]events.HubCode{"", events.HubDNS, events.HubRefused, events.HubUnreachable, events.HubTimeout, events.HubDisconnected}, events.HubCode(cause))
}
