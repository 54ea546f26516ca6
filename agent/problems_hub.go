package agent

import (
	"slices"

	"pristine/capture"
	"pristine/events"
	"pristine/events/outbox"
)

// hubState returns what the store says of the hub.
func (a *Agent) hubState(s *outbox.Status) hubFacts {
	return hubFacts{
		url: capture.Redact(a.config.Events.Hub.URL), failed: !s.Hub.Connected && s.Hub.Code != "", cause: string(s.Hub.Code), detail: s.Hub.Detail,
	}
}

// hubRefuses reports whether a hub of that cause answers and takes nothing, so
// that somebody has to act; any other may come back by itself.
func hubRefuses(cause string) bool {
	return !slices.Contains([]events.HubCode{"", events.HubDNS, events.HubRefused, events.HubUnreachable, events.HubTimeout, events.HubDisconnected}, events.HubCode(cause))
}
