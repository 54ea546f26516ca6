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
		url: capture.Redact(string(a.config.Events.Hub.URL)), failed: !s.Hub.Connected && s.Hub.Code != "", cause: string(s.Hub.Code), detail: s.Hub.Detail,
	}
}

// hubRefuses reports whether a hub with that cause answers but rejects events, so that
// somebody must act. Other outages may end by themselves.
func hubRefuses(cause string) bool {
	return !slices.Contains([]events.HubCode{"", events.HubDNS, events.HubRefused, events.HubUnreachable, events.HubTimeout, events.HubDisconnected}, events.HubCode(cause))
}
