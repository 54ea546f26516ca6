package agent

import (
	"context"

	"pristine/events"
	"pristine/events/presence"
)

// startPresence maintains the station's key at the hub, or at the agent's own server,
// while the agent runs.
func (a *Agent) startPresence(ctx context.Context) (stop func() error, err error) {
	every := a.config.Events.Heartbeat
	if every == 0 {
		return nil, nil
	}
	o := presence.Options{Station: a.place(), Version: a.version, Heartbeat: every, Connect: a.store.Connect, OnState: a.sayPresence}
	if hub := a.hub(); hub.URL != "" {
		o.Connect = hub.Agent
	}
	return background(ctx, func(ctx context.Context) { presence.Announce(ctx, o) }), nil
}

// sayPresence logs why subscribers must rely on heartbeats. This is not a problem of the
// agent: events are still sent, or the forwarder reports that they are not.
func (a *Agent) sayPresence(err error) {
	if err != nil {
		a.log.Info("the hub has no presence: subscribers rely on heartbeats", "code", events.HubCause(err).Code, "err", err)
		return
	}
	a.log.Info("the hub shows this station as present")
}
