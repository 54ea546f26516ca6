package history

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"pristine/events"
)

// ErrNone is returned within an error when the agent keeps no history.
var ErrNone = errors.New("the agent keeps no history: set events.history_bytes in its configuration")

// Reader reads what one bundle has seen.
type Reader struct {
	conn    *nats.Conn
	js      jetstream.JetStream
	stream  jetstream.Stream
	bundle  string
	Refused int // messages that were damaged
}

// Open connects to an agent's NATS server. The caller closes.
func Open(ctx context.Context, h events.Hub, bundle string) (*Reader, error) {
	conn, err := h.Connect(false)
	if err != nil {
		return nil, err
	}
	r := &Reader{conn: conn, bundle: bundle}
	if r.js, err = jetstream.New(conn); err == nil {
		r.stream, err = r.js.Stream(ctx, StreamName)
	}
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		err = ErrNone
	}
	if err != nil {
		conn.Close()
		return nil, fmt.Errorf("open history: %w", err)
	}
	return r, nil
}

// Close closes the connection.
func (r *Reader) Close() { r.conn.Close() }

// Identity tells one agent's stream from another's, and from one that was made
// anew: sequences of different ones must not be compared.
func (r *Reader) Identity() string {
	return r.stream.CachedInfo().Created.UTC().Format(time.RFC3339Nano)
}

// First is the sequence of the oldest message there is.
func (r *Reader) First() uint64 { return r.stream.CachedInfo().State.FirstSeq }

// Each gives what was seen after a sequence, without thumbs, until what was
// there when it was called. An error of use ends it.
func (r *Reader) Each(ctx context.Context, after uint64, use func(sequence uint64, s *Seen) error) error {
	subject := subjects + r.bundle
	last, err := r.stream.GetLastMsgForSubject(ctx, subject)
	if errors.Is(err, jetstream.ErrMsgNotFound) || err == nil && last.Sequence <= after {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read history: %w", err)
	}
	consumer, err := r.js.OrderedConsumer(ctx, StreamName, jetstream.OrderedConsumerConfig{
		FilterSubjects: []string{subject}, DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: after + 1, HeadersOnly: true,
	})
	if err != nil {
		return fmt.Errorf("read history: %w", err)
	}
	messages, err := consumer.Messages()
	if err != nil {
		return fmt.Errorf("read history: %w", err)
	}
	defer messages.Stop()
	defer context.AfterFunc(ctx, messages.Stop)()
	for {
		m, err := messages.Next()
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err != nil {
			return fmt.Errorf("read history: %w", err)
		}
		at, err := m.Metadata()
		if err != nil {
			return fmt.Errorf("read history: %w", err)
		}
		if s, err := parse(r.bundle, m.Headers()); err != nil {
			r.Refused++
		} else if err := use(at.Sequence.Stream, s); err != nil {
			return err
		}
		if at.Sequence.Stream >= last.Sequence {
			return nil
		}
	}
}

// Thumb is the JPEG of what was seen at a sequence; none where it is not there
// any more.
func (r *Reader) Thumb(ctx context.Context, sequence uint64) ([]byte, error) {
	m, err := r.stream.GetMsg(ctx, sequence)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read history: %w", err)
	}
	return m.Data, nil
}
