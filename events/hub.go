package events

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Hub is how to reach the plant's NATS. Secrets are read from files.
type Hub struct {
	URL                       string
	CredsFile, NkeyFile       string
	UserFile, PasswordFile    string
	CAFile, CertFile, KeyFile string
	EvidenceBytes             int64                         // of a bucket that has to be made; 4 GiB
	OnState                   func(connected bool, e error) // may be nil
}

func (h *Hub) options() ([]nats.Option, error) {
	o := []nats.Option{nats.Name("edge"), nats.MaxReconnects(-1), nats.RetryOnFailedConnect(true), nats.Timeout(5 * time.Second)}
	if h.CredsFile != "" {
		o = append(o, nats.UserCredentials(h.CredsFile))
	}
	if h.NkeyFile != "" {
		nkey, err := nats.NkeyOptionFromSeed(h.NkeyFile)
		if err != nil {
			return nil, fmt.Errorf("read nkey file %s: %w", h.NkeyFile, err)
		}
		o = append(o, nkey)
	}
	if h.UserFile != "" {
		user, err := os.ReadFile(h.UserFile)
		if err != nil {
			return nil, fmt.Errorf("read user file: %w", err)
		}
		password, err := os.ReadFile(h.PasswordFile)
		if err != nil {
			return nil, fmt.Errorf("read password file: %w", err)
		}
		o = append(o, nats.UserInfo(strings.TrimSpace(string(user)), strings.TrimSpace(string(password))))
	}
	if h.CAFile != "" {
		o = append(o, nats.RootCAs(h.CAFile))
	}
	if h.CertFile != "" {
		o = append(o, nats.ClientCert(h.CertFile, h.KeyFile))
	}
	return o, nil
}

// Forward moves events to the hub until ctx ends; a hub that is away is waited
// for. Only a mistake in the hub's settings ends it early. One Forward a Store.
func (s *Store) Forward(ctx context.Context, h Hub) error {
	options, err := h.options()
	if err != nil {
		return err
	}
	conn, err := nats.Connect(h.URL, options...)
	if err != nil {
		return fmt.Errorf("connect to the hub: %w: correct events.hub", err)
	}
	defer conn.Close()
	hub, err := jetstream.New(conn)
	if err != nil {
		return err
	}
	waits := backoff.NewExponentialBackOff()
	waits.InitialInterval, waits.MaxInterval = 200*time.Millisecond, 15*time.Second
	for ctx.Err() == nil {
		err := s.forward(ctx, &h, hub, waits.Reset)
		if ctx.Err() != nil {
			break
		}
		h.tell(false, err)
		select {
		case <-time.After(waits.NextBackOff()):
		case <-ctx.Done():
		}
	}
	return context.Cause(ctx)
}

func (h *Hub) tell(connected bool, err error) {
	if h.OnState != nil {
		h.OnState(connected, err)
	}
}

// hubLimit is how long one exchange with the hub may take.
const hubLimit = 5 * time.Second

// forward moves events one after another, in order, until something fails.
func (s *Store) forward(ctx context.Context, h *Hub, hub jetstream.JetStream, healthy func()) error {
	objects, err := prepareHub(ctx, h, hub)
	if err != nil {
		return err
	}
	consumer, err := s.js.CreateOrUpdateConsumer(ctx, StreamName, jetstream.ConsumerConfig{
		Durable: "forward", AckPolicy: jetstream.AckExplicitPolicy, MaxAckPending: 1, AckWait: 4 * hubLimit,
	})
	if err != nil {
		return fmt.Errorf("read the event stream: %w", err)
	}
	messages, err := consumer.Messages(jetstream.PullMaxMessages(1))
	if err != nil {
		return fmt.Errorf("read the event stream: %w", err)
	}
	defer messages.Stop()
	stop := context.AfterFunc(ctx, messages.Stop)
	defer stop()
	h.tell(true, nil)
	for {
		message, err := messages.Next()
		if err != nil {
			return fmt.Errorf("read the event stream: %w", err)
		}
		if err := s.deliver(ctx, hub, objects, message); err != nil {
			_ = message.Nak()
			return err
		}
		if err := message.DoubleAck(ctx); err != nil {
			return fmt.Errorf("acknowledge event: %w", err)
		}
		healthy()
	}
}

func prepareHub(ctx context.Context, h *Hub, hub jetstream.JetStream) (jetstream.ObjectStore, error) {
	ctx, cancel := context.WithTimeout(ctx, hubLimit)
	defer cancel()
	_, err := hub.Stream(ctx, StreamName)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		_, err = hub.CreateStream(ctx, jetstream.StreamConfig{Name: StreamName, Subjects: []string{"qc.>"}, Storage: jetstream.FileStorage, Duplicates: duplicateWindow})
	}
	if err != nil {
		return nil, fmt.Errorf("open the hub's event stream: %w", err)
	}
	maxBytes := h.EvidenceBytes
	if maxBytes == 0 {
		maxBytes = 4 << 30
	}
	return ensureEvidence(ctx, hub, maxBytes)
}

// deliver brings an event's evidence to the hub, then the event.
func (s *Store) deliver(ctx context.Context, hub jetstream.JetStream, objects jetstream.ObjectStore, m jetstream.Msg) error {
	ctx, cancel := context.WithTimeout(ctx, 2*hubLimit)
	defer cancel()
	event, err := Decode(m.Data())
	if err != nil {
		// Someone else's message on our subjects: it is not ours to forward.
		return m.Term()
	}
	if r, err := event.Result(); err == nil && r.Evidence != nil {
		if err := s.deliverEvidence(ctx, objects, r.Evidence.Name); err != nil {
			return err
		}
	}
	if _, err := hub.PublishMsg(ctx, &nats.Msg{Subject: m.Subject(), Data: m.Data()}, jetstream.WithMsgID(event.ID)); err != nil {
		return fmt.Errorf("publish to the hub: %w", err)
	}
	return nil
}

func (s *Store) deliverEvidence(ctx context.Context, hub jetstream.ObjectStore, name string) error {
	if _, err := hub.GetInfo(ctx, name); err == nil {
		return nil // an earlier try brought it
	}
	jpeg, err := s.objects.GetBytes(ctx, name)
	if errors.Is(err, jetstream.ErrObjectNotFound) {
		return nil // shed for want of space; the event says what is missing by its hash
	}
	if err != nil {
		return fmt.Errorf("read evidence: %w", err)
	}
	if _, err := hub.PutBytes(ctx, name, jpeg); err != nil {
		return fmt.Errorf("bring evidence to the hub: %w", err)
	}
	return nil
}
