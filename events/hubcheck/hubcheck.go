package hubcheck

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"pristine/events"
	"pristine/events/outbox"
)

// Part is what of a hub a fault is in.
type Part string

// The parts of a hub that are examined.
const (
	Publish   Part = "publish"   // events
	Subscribe Part = "subscribe" // answers and requests
	Stream    Part = "stream"    // of events
	Pictures  Part = "pictures"  // the bucket: events go on without them
	Retention Part = "retention" // the stream forgets events early
)

// Fault is something that keeps a station from using its hub.
type Fault struct {
	Part  Part
	Cause *events.HubError
}

// Report is what was found.
type Report struct {
	Server, Version string
	RoundTrip       time.Duration
	Stream          string        // state of the event stream in words
	Clock           bool          // whether Offset is known
	Offset          time.Duration // of the hub's clock against this machine's: above 0 the hub is ahead
	Uncertainty     time.Duration // of Offset, plus or minus: half of the round trip
	Faults          []Fault
}

// Options of Examine.
type Options struct {
	Now func() time.Time // nil: time.Now
}

// limit is how long the hub has for one answer.
const limit = 5 * time.Second

// Examine connects to a hub as the station's agent does, and examines it.
func Examine(ctx context.Context, hub events.Hub, station events.Station, o Options) (*Report, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	conn, js, err := hub.ConnectJetStream(nats.NoReconnect(), nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {}))
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	r := &Report{Server: conn.ConnectedServerName(), Version: conn.ConnectedServerVersion()}
	if r.RoundTrip, err = conn.RTT(); err != nil {
		return nil, events.HubCause(err)
	}
	e := &examination{Report: r, conn: conn, js: js, station: station, now: o.Now}
	if err := e.permissions(); err != nil {
		return nil, err
	}
	if slices.ContainsFunc(r.Faults, func(f Fault) bool { return f.Part == Subscribe }) {
		return r, nil // no answer would arrive
	}
	for _, look := range []func(context.Context) error{e.stream, e.pictures} {
		asking, cancel := context.WithTimeout(ctx, limit)
		err := look(asking)
		cancel()
		if err != nil {
			return nil, events.HubCause(err)
		}
	}
	return r, nil
}

type examination struct {
	*Report
	conn    *nats.Conn
	js      jetstream.JetStream
	station events.Station
	now     func() time.Time
}

func (e *examination) fault(p Part, cause *events.HubError) {
	e.Faults = append(e.Faults, Fault{p, cause})
}

// stream examines the stream of events, and compares the clocks by the time in the
// answer.
func (e *examination) stream(ctx context.Context) error {
	if denied, err := e.denied("$JS.API.STREAM.INFO." + events.StreamName); err != nil {
		return err
	} else if denied != nil {
		e.fault(Stream, events.HubCause(denied))
		return nil
	}
	asked := e.now()
	stream, err := e.js.Stream(ctx, events.StreamName)
	answered := e.now()
	switch {
	case errors.Is(err, jetstream.ErrStreamNotFound):
		return e.missing(Stream, events.StreamName)
	case err != nil:
		e.fault(Stream, events.HubCause(err))
		return nil
	}
	info := stream.CachedInfo()
	if !info.TimeStamp.IsZero() {
		half := answered.Sub(asked) / 2
		e.Clock, e.Offset, e.Uncertainty = true, info.TimeStamp.Sub(asked.Add(half)), half
	}
	config, state := &info.Config, &info.State
	e.Stream = fmt.Sprintf("stream %s has %d events, %d bytes", events.StreamName, state.Msgs, state.Bytes)
	if refused := outbox.Unusable(config, e.station.Subject(events.TypeResult), e.station.Subject(events.TypeState), e.station.Subject(events.TypeAlarm)); refused != nil {
		e.fault(Stream, refused)
		return nil
	}
	if full := nearlyFull(config, state); full != "" {
		e.fault(Stream, &events.HubError{Code: events.HubStreamFull, Problem: "stream " + events.StreamName + " refuses new events when it is full, and " + full, Remedy: "raise its limits, or let it discard old messages"})
	}
	if config.MaxAge > 0 && config.MaxAge < outbox.ShortAge {
		e.fault(Retention, &events.HubError{Problem: fmt.Sprintf("stream %s forgets events after %v: a subscriber that is away for longer misses them", events.StreamName, config.MaxAge), Remedy: "raise max_age of the stream, or set it to 0"})
	}
	return nil
}

// missing reports a missing stream as a fault where the agent may not create it.
func (e *examination) missing(p Part, name string) error {
	denied, err := e.denied("$JS.API.STREAM.CREATE." + name)
	if err != nil {
		return err
	}
	if p == Stream {
		e.Stream = "stream " + name + " is not there yet: the agent creates it"
	}
	if denied != nil {
		e.fault(p, &events.HubError{Code: events.HubStreamMissing, Problem: "the hub has no stream " + name + ", and the user may not create it", Remedy: "create it with deploy/nats/streams.sh"})
	}
	return nil
}

// fullShare is the share of its limit from which a stream is reported.
const fullShare = 0.9

// nearlyFull returns how full a stream is that refuses new messages when it is full; ""
// where it has room.
func nearlyFull(c *jetstream.StreamConfig, s *jetstream.StreamState) string {
	if c.Discard != jetstream.DiscardNew {
		return ""
	}
	if c.MaxBytes > 0 && float64(s.Bytes) >= fullShare*float64(c.MaxBytes) {
		return fmt.Sprintf("has %d of %d bytes", s.Bytes, c.MaxBytes)
	}
	if c.MaxMsgs > 0 && float64(s.Msgs) >= fullShare*float64(c.MaxMsgs) {
		return fmt.Sprintf("has %d of %d messages", s.Msgs, c.MaxMsgs)
	}
	return ""
}

// pictures examines the bucket of evidence.
func (e *examination) pictures(ctx context.Context) error {
	if denied, err := e.denied("$JS.API.STREAM.INFO." + events.EvidenceStream); err != nil || denied != nil {
		if denied != nil {
			e.fault(Pictures, events.HubCause(denied))
		}
		return err
	}
	stream, err := e.js.Stream(ctx, events.EvidenceStream)
	switch {
	case errors.Is(err, jetstream.ErrStreamNotFound):
		return e.missing(Pictures, events.EvidenceStream)
	case err != nil:
		cause := events.HubCause(err)
		if !slices.ContainsFunc(e.Faults, func(f Fault) bool { return f.Part == Stream && f.Cause.Code == cause.Code }) {
			e.fault(Pictures, cause)
		}
		return nil
	}
	if refused := outbox.Unusable(&stream.CachedInfo().Config, events.PictureSubject("x.jpg"), events.ChunkSubject("x")); refused != nil {
		e.fault(Pictures, refused)
	}
	return nil
}
