package events

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// SubscribeOptions say which events to receive.
type SubscribeOptions struct {
	Subject string    // qc.> when empty
	Since   time.Time // zero: from now on
	All     bool      // from the first event that is stored
}

// Received is an event as a subscriber gets it.
type Received struct {
	*Event
	Subject string
	Missing uint64 // events of the station between the last one received and this one
}

// Report is what a subscription has seen.
type Report struct {
	Events     uint64
	Duplicates uint64 // left out
	Missing    uint64
	Refused    uint64 // messages that were no events
}

// Subscribe calls handle for each event, in order and once, until ctx ends
// (nil) or handle fails. Gaps are counted a station incarnation, from the first
// event received of it; with a Subject that leaves types out, they say nothing.
func Subscribe(ctx context.Context, h Hub, o SubscribeOptions, handle func(Received) error) (Report, error) {
	var report Report
	options, err := h.options()
	if err != nil {
		return report, err
	}
	conn, err := nats.Connect(h.URL, append(options, nats.RetryOnFailedConnect(false))...)
	if err != nil {
		return report, fmt.Errorf("connect to NATS at %s: %w: is an agent or a server running there?", h.URL, err)
	}
	defer conn.Close()
	js, err := jetstream.New(conn)
	if err != nil {
		return report, err
	}
	config := jetstream.OrderedConsumerConfig{DeliverPolicy: jetstream.DeliverNewPolicy}
	if o.Subject != "" {
		config.FilterSubjects = []string{o.Subject}
	}
	if o.All {
		config.DeliverPolicy = jetstream.DeliverAllPolicy
	} else if !o.Since.IsZero() {
		config.DeliverPolicy, config.OptStartTime = jetstream.DeliverByStartTimePolicy, &o.Since
	}
	consumer, err := js.OrderedConsumer(ctx, StreamName, config)
	if err != nil {
		return report, fmt.Errorf("read stream %s: %w", StreamName, err)
	}
	messages, err := consumer.Messages()
	if err != nil {
		return report, fmt.Errorf("read stream %s: %w", StreamName, err)
	}
	defer messages.Stop()
	stop := context.AfterFunc(ctx, messages.Stop)
	defer stop()
	last := map[string]uint64{}
	for {
		m, err := messages.Next()
		if ctx.Err() != nil {
			return report, nil
		}
		if err != nil {
			return report, fmt.Errorf("read stream %s: %w", StreamName, err)
		}
		event, err := Decode(m.Data())
		if err != nil {
			report.Refused++
			continue
		}
		received := Received{Event: event, Subject: m.Subject()}
		if previous, known := last[event.Incarnation]; known {
			if event.Sequence <= previous {
				report.Duplicates++
				continue
			}
			received.Missing = event.Sequence - previous - 1
		}
		last[event.Incarnation] = event.Sequence
		report.Events++
		report.Missing += received.Missing
		if err := handle(received); err != nil {
			return report, err
		}
	}
}

// ErrEvidence is returned within an error when evidence is not what its event
// says.
var ErrEvidence = errors.New("the evidence is not what the event says")

// FetchEvidence reads a picture and compares its hash.
func FetchEvidence(ctx context.Context, h Hub, e *Evidence) ([]byte, error) {
	options, err := h.options()
	if err != nil {
		return nil, err
	}
	conn, err := nats.Connect(h.URL, append(options, nats.RetryOnFailedConnect(false))...)
	if err != nil {
		return nil, fmt.Errorf("connect to NATS at %s: %w", h.URL, err)
	}
	defer conn.Close()
	js, err := jetstream.New(conn)
	if err != nil {
		return nil, err
	}
	objects, err := js.ObjectStore(ctx, e.Bucket)
	if err != nil {
		return nil, fmt.Errorf("fetch evidence: %w", err)
	}
	jpeg, err := objects.GetBytes(ctx, e.Name)
	if err != nil {
		return nil, fmt.Errorf("fetch evidence %s: %w", e.Name, err)
	}
	if sum := sha256.Sum256(jpeg); hex.EncodeToString(sum[:]) != e.SHA256 {
		return nil, fmt.Errorf("fetch evidence %s: %w", e.Name, ErrEvidence)
	}
	return jpeg, nil
}
