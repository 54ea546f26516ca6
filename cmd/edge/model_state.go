package main

import (
	"context"
	"log/slog"
	"sync"

	"pristine/events"
	"pristine/events/outbox"
	"pristine/infer"
)

// modelStates publishes the states of the model; those from before there was a
// store are kept until there is one.
type modelStates struct {
	log    *slog.Logger
	bundle string

	mu      sync.Mutex
	ctx     context.Context
	store   *outbox.Store
	pending []events.State
}

// tell is infer.NewService's onState.
func (m *modelStates) tell(state infer.State, reason string) {
	level := slog.LevelDebug // what is as it should be has no reason
	switch {
	case state == infer.Degraded:
		level = slog.LevelWarn
	case reason != "":
		level = slog.LevelInfo
	}
	m.log.Log(context.Background(), level, "model", "state", state, "reason", reason)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.pending = append(m.pending, events.State{Subject: "model", Name: m.bundle, State: string(state), Detail: reason})
	m.publish()
}

// publishIn publishes the states so far, and those to come until ctx ends.
func (m *modelStates) publishIn(ctx context.Context, store *outbox.Store) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.ctx, m.store = context.WithoutCancel(ctx), store
	m.publish()
}

// stop ends publishing: the store closes.
func (m *modelStates) stop() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.store = nil
}

func (m *modelStates) publish() {
	if m.store == nil {
		return
	}
	for _, state := range m.pending {
		if _, err := m.store.Append(m.ctx, events.TypeState, state); err != nil {
			m.log.Error("the model's state is not published", "state", state.State, "err", err)
		}
	}
	m.pending = nil
}
