package presence

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"pristine/events"
)

// Options of Announce.
type Options struct {
	Connect   func() (*nats.Conn, error) // to the hub; Announce closes the connection
	Station   events.Station
	Version   string
	Heartbeat time.Duration
	OnState   func(error) // may be nil; called with nil when the hub took it, else when the reason changes
}

const (
	connectLimit = 10 * time.Second // of a connection, until it is made again
	answerLimit  = 3 * time.Second  // of one request to the hub
	stopLimit    = 2 * time.Second  // of the deletion when the station stops
	retry        = 30 * time.Second // after a refusal, at most
)

// Announce keeps the station's key at the hub until ctx ends, then deletes it. What
// keeps it from that is tried again for ever.
func Announce(ctx context.Context, o Options) {
	body, err := json.Marshal(value{Started: time.Now().UTC(), Version: o.Version})
	if err != nil {
		return // a time and a string always have a JSON form
	}
	a := announcer{Options: o, body: body}
	for ctx.Err() == nil {
		if err := a.session(ctx); err != nil {
			a.report(err)
			pause(ctx, a.every())
		}
	}
}

type announcer struct {
	Options
	body []byte
	said string // the last reason
	told bool   // OnState was called
}

// every is how often the key is renewed: a lifetime has four renewals, of which three
// may be lost.
func (a *announcer) every() time.Duration { return max(a.Heartbeat, time.Second) / 2 }

// lifetime of the key: two heartbeats, as the hub takes up to a second more to delete
// it, and rounds down to seconds.
func (a *announcer) lifetime() time.Duration { return 2 * max(a.Heartbeat, time.Second) }

// session renews the key over one connection until ctx ends or it is closed.
func (a *announcer) session(ctx context.Context) error {
	conn, err := a.Connect()
	if err != nil {
		return events.HubCause(err)
	}
	defer conn.Close()
	js, err := jetstream.New(conn, jetstream.WithDefaultTimeout(answerLimit))
	if err != nil {
		return err
	}
	ticker := time.NewTicker(a.every())
	defer ticker.Stop()
	ready := false
	for {
		if err := connected(ctx, conn); err != nil {
			return err
		}
		wait := ticker.C
		switch err := a.renew(ctx, js, &ready); {
		case ctx.Err() != nil:
		case err == nil:
			a.report(nil)
		case !conn.IsConnected():
			continue
		default:
			if last := conn.LastError(); errors.Is(last, nats.ErrPermissionViolation) {
				err = fmt.Errorf("%w: %w", events.HubCause(last), err)
			}
			a.report(err)
			if ready = false; errors.Is(err, ErrUnsupported) || errors.Is(err, nats.ErrPermissionViolation) {
				wait = time.After(min(retry, 10*a.every()))
			}
		}
		select {
		case <-wait:
		case <-ctx.Done():
			if ready && conn.IsConnected() {
				a.stop(ctx, js)
			}
			return nil
		}
	}
}

// connected waits for the connection. It gives up after a while: an embedded server
// that was replaced never returns, and the files of secrets may hold others.
func connected(ctx context.Context, conn *nats.Conn) error {
	up := conn.StatusChanged(nats.CONNECTED)
	limit := time.NewTimer(connectLimit)
	defer limit.Stop()
	for !conn.IsConnected() && ctx.Err() == nil {
		select {
		case <-up:
		case <-limit.C:
			return events.HubCause(errors.Join(nats.ErrDisconnected, conn.LastError()))
		case <-ctx.Done():
		}
		if conn.IsClosed() {
			return events.HubCause(nats.ErrConnectionClosed)
		}
	}
	return nil
}

// renew puts the key. ready says that the bucket is there and expires keys.
func (a *announcer) renew(ctx context.Context, js jetstream.JetStream, ready *bool) error {
	ctx, cancel := context.WithTimeout(ctx, answerLimit)
	defer cancel()
	if !*ready {
		if err := prepare(ctx, js); err != nil {
			return err
		}
		*ready = true
	}
	if _, err := js.Publish(ctx, a.subject(), a.body, jetstream.WithMsgTTL(a.lifetime())); err != nil {
		return fmt.Errorf("announce the station: %w", err)
	}
	return nil
}

func (a *announcer) subject() string { return "$KV." + Bucket + "." + a.Station.Token() }

// prepare finds the bucket, or creates it.
func prepare(ctx context.Context, js jetstream.JetStream) error {
	kv, err := js.KeyValue(ctx, Bucket)
	if errors.Is(err, jetstream.ErrBucketNotFound) {
		kv, err = js.CreateKeyValue(ctx, Config())
	}
	if errors.Is(err, jetstream.ErrLimitMarkerTTLNotSupported) {
		return ErrUnsupported
	}
	if err != nil {
		return fmt.Errorf("open bucket %s: %w", Bucket, err)
	}
	status, err := kv.Status(ctx)
	if err != nil {
		return fmt.Errorf("open bucket %s: %w", Bucket, err)
	}
	if status.LimitMarkerTTL() == 0 {
		return ErrUnsupported
	}
	return nil
}

// stop deletes the key, as a bucket's client does; it needs no more than to publish.
func (a *announcer) stop(ctx context.Context, js jetstream.JetStream) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopLimit)
	defer cancel()
	m := nats.NewMsg(a.subject())
	m.Header.Set("KV-Operation", "DEL")
	if _, err := js.PublishMsg(ctx, m); err != nil {
		a.report(fmt.Errorf("announce that the station stops: %w", err))
	}
}

func (a *announcer) report(err error) {
	text := ""
	if err != nil {
		text = err.Error()
	}
	if a.OnState != nil && (!a.told || text != a.said) {
		a.OnState(err)
	}
	a.said, a.told = text, true
}

// pause waits, or until ctx ends.
func pause(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}
