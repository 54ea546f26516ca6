package outbox

import (
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"
)

// oldHistory is the stream in which versions before 0.2 kept what was seen.
const oldHistory = "QC_SEEN"

// removeOldHistory frees the bytes of that stream for the events.
func (b *broker) removeOldHistory(ctx context.Context) error {
	if err := b.js.DeleteStream(ctx, oldHistory); err != nil && !errors.Is(err, jetstream.ErrStreamNotFound) {
		return fmt.Errorf("remove the old history: %w", err)
	}
	return nil
}
