package agent

import (
	"context"
	"log/slog"
	"sync"

	"pristine/events"
	"pristine/events/outbox"
	"pristine/infer"
)

// modelStates publishes the states of the model. It keeps early states until there is a
// store.
type modelStates struct {
	log    *slog.Logger
	bundle string

	mu      sync.Mutex
	state   infer.State
	reason  string
	ctx     context.Context
	store   *outbox.Store
	pending []events.State
	changed func() // called for each state, from publishIn to stop
}

// current is the last state and its reason.
func (m *modelStates) current() (infer.State, string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.state, m.reason
}

// onState is passed to infer.NewService.
func (m *modelStates) onState(state infer.State, reason string) {
	level := slog.LevelDebug // a normal state has no reason
	switch {
	case state == infer.Degraded:
		level = slog.LevelWarn
	case reason != "":
		level = slog.LevelInfo
	}
	m.log.Log(context.Background(), level, "model", "state", state, "reason", reason)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.state, m.reason = state, reason
	m.pending = append(m.pending, events.State{Subject: "model", Name: m.bundle, State: string(state), Detail: reason})
	m.publish()
	if m.changed != nil {
		m.changed()
	}
}

// publishIn publishes past states, and later ones until stop. It calls changed for the
// later ones.
func (m *modelStates) publishIn(ctx context.Context, store *outbox.Store, changed func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.ctx, m.store, m.changed = context.WithoutCancel(ctx), store, changed
	m.publish()
}

// stop ends publishing before the store closes.
func (m *modelStates) stop() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.store, m.changed = nil, nil
}

func (m *modelStates) publish() {
	if m.store == nil {
		return
	}
	for _, state := range m.pending {
		if _, err := m.store.Append(m.ctx, events.TypeState, state); err != nil {
			m.log.Error("publishing the model's state failed", "state", state.State, "err", err)
		}
	}
	m.pending = nil
}
