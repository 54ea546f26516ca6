package events

import (
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Recent returns the bodies of the last events in a hub's stream, the oldest first and
// limit of them at most. It makes no consumer.
func Recent(ctx context.Context, h Hub, limit int) ([]string, error) {
	conn, js, err := h.ConnectJetStream(nats.NoReconnect())
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	stream, err := js.Stream(ctx, StreamName)
	if err != nil {
		return nil, fmt.Errorf("read stream %s: %w", StreamName, HubCause(err))
	}
	state := stream.CachedInfo().State
	var all []string
	for sequence := max(state.FirstSeq, state.LastSeq-min(uint64(limit), state.LastSeq)+1); sequence <= state.LastSeq; sequence++ {
		m, err := stream.GetMsg(ctx, sequence)
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			continue // removed because the hub has it, or for want of room
		}
		if err != nil {
			return all, fmt.Errorf("read event %d of stream %s: %w", sequence, StreamName, HubCause(err))
		}
		all = append(all, string(m.Data))
	}
	return all, nil
}
