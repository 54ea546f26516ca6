package outbox

import (
	"context"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// dropLimit is how long the embedded server may take to remove a consumer.
const dropLimit = 2 * time.Second

// ordered is a reader of a stream of the embedded server, in order.
type ordered struct {
	jetstream.MessagesContext
	stream   jetstream.Stream
	consumer jetstream.Consumer
}

// readOrdered starts a reader. The caller ends it with Close.
func readOrdered(ctx context.Context, stream jetstream.Stream, c jetstream.OrderedConsumerConfig, o ...jetstream.PullMessagesOpt) (*ordered, error) {
	consumer, err := stream.OrderedConsumer(ctx, c)
	if err != nil {
		return nil, err
	}
	r := &ordered{stream: stream, consumer: consumer}
	if r.MessagesContext, err = consumer.Messages(o...); err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

// pending returns how many messages there were when the reader started.
func (r *ordered) pending() uint64 { return r.consumer.CachedInfo().NumPending }

// Close stops the reader and removes its consumer: the server would keep it for five
// minutes, with three goroutines, and a full disk is looked at many times a second.
func (r *ordered) Close() {
	if r.MessagesContext != nil {
		r.Stop()
	}
	ctx, cancel := context.WithTimeout(context.Background(), dropLimit)
	defer cancel()
	_ = r.stream.DeleteConsumer(ctx, r.consumer.CachedInfo().Name) // one that is gone is as good
}
