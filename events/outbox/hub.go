package outbox

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"pristine/events"
)

// hub is the plant's stream and bucket, and where this station's events end
// there.
type hub struct {
	link     *events.Link
	js       jetstream.JetStream
	stream   jetstream.Stream
	pictures bucket
	shed     map[Class]uint64  // pictures of the event under way that the hub does not take
	last     map[string]uint64 // place in the hub's stream of the last message, by subject
	sequence uint64            // of the last event of this incarnation; 0 when there is none
	forgets  bool              // the stream removes events, so it cannot say which it had

	onForwarded func(*Forwarded) // of the options
}

// openHub finds out what the hub has. What was published and never
// acknowledged is found this way, however long ago it was. Without a usable
// bucket events go on without pictures.
func (s *Store) openHub(ctx context.Context, o *ForwardOptions, link *events.Link) (*hub, error) {
	conn, err := link.Conn()
	if err != nil {
		return nil, err
	}
	waiting, stop := context.WithTimeout(ctx, connectLimit)
	defer stop()
	if err := link.Wait(waiting, conn); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, 2*hubLimit)
	defer cancel()
	link.OnDenied(cancel)
	defer link.OnDenied(nil)
	js, err := o.Hub.JetStream(conn)
	if err != nil {
		return nil, err
	}
	h := &hub{link: link, js: js, last: map[string]uint64{}, onForwarded: o.OnForwarded}
	if h.stream, err = openStream(ctx, js, o); err != nil {
		return nil, err
	}
	config := h.stream.CachedInfo().Config
	if refused := Unusable(&config, s.options.Station.Subject(events.TypeResult), s.options.Station.Subject(events.TypeState), s.options.Station.Subject(events.TypeAlarm)); refused != nil {
		return nil, refused
	}
	h.forgets = config.Retention != jetstream.LimitsPolicy || config.MaxAge > 0 && config.MaxAge < ShortAge
	for _, t := range events.Types() {
		if _, err := s.findLast(ctx, h, s.options.Station.Subject(t)); err != nil {
			return nil, err
		}
	}
	if h.pictures, err = openBucket(ctx, js, o, conn); err != nil {
		if denied := link.Denied(); denied != nil && strings.Contains(denied.Error(), events.EvidenceStream) {
			h.pictures, err = bucket{refused: events.HubCause(denied)}, nil
		}
	}
	return h, err
}

// ShortAge is the max_age of a stream whose events may be gone before an agent
// that was away asks for them.
const ShortAge = time.Hour

// findLast notes the station's last event on a subject at the hub, and returns
// its sequence within this incarnation; 0 when there is none.
func (s *Store) findLast(ctx context.Context, h *hub, subject string) (uint64, error) {
	m, err := h.stream.GetLastMsgForSubject(ctx, subject)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		delete(h.last, subject)
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read the hub's last event on %s: %w", subject, err)
	}
	h.last[subject] = m.Sequence
	e, err := events.Decode(m.Data)
	if err != nil || e.Incarnation != s.currentIncarnation() {
		return 0, nil
	}
	h.sequence = max(h.sequence, e.Sequence)
	return e.Sequence, nil
}

// openStream opens the event stream, or creates it.
func openStream(ctx context.Context, js jetstream.JetStream, o *ForwardOptions) (jetstream.Stream, error) {
	stream, err := js.Stream(ctx, events.StreamName)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		stream, err = js.CreateStream(ctx, jetstream.StreamConfig{
			Name: events.StreamName, Subjects: events.Subjects(), Storage: jetstream.FileStorage, Duplicates: o.DuplicateWindow, AllowDirect: true, MaxBytes: o.MaxBytes,
		})
		if err != nil {
			return nil, fmt.Errorf("create stream %s at the hub: %w", events.StreamName, err)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("open stream %s at the hub: %w", events.StreamName, err)
	}
	return stream, nil
}

// openBucket opens the bucket with pictures, or creates it. A bucket that cannot
// be used is none that events wait for.
func openBucket(ctx context.Context, js jetstream.JetStream, o *ForwardOptions, conn *nats.Conn) (bucket, error) {
	stream, err := js.Stream(ctx, events.EvidenceStream)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		if _, err = js.CreateObjectStore(ctx, evidenceBucket(o.EvidenceBytes)); err == nil {
			stream, err = js.Stream(ctx, events.EvidenceStream)
		}
		if refused := pictureRefusal(err); refused != nil {
			return bucket{refused: refused}, nil
		}
	}
	if err != nil {
		return bucket{}, fmt.Errorf("open bucket %s at the hub: %w", events.EvidenceBucket, err)
	}
	config := stream.CachedInfo().Config
	b := bucket{js: js, stream: stream, plain: !config.AllowRollup, limit: func() int64 {
		if limit := int64(config.MaxMsgSize); limit > 0 {
			return min(limit, conn.MaxPayload())
		}
		return conn.MaxPayload()
	}}
	b.refused = Unusable(&config, events.PictureSubject("x.jpg"), events.ChunkSubject("x"))
	if b.refused == nil && b.chunk() < leastChunk {
		b.refused = &events.HubError{Code: events.HubMessageSize, Problem: fmt.Sprintf("messages of at most %d bytes hold no pictures", b.limit()), Remedy: "raise max_payload of the hub and max_msg_size of stream " + events.EvidenceStream}
	}
	return b, nil
}

// Unusable returns why a stream cannot store messages of these subjects; nil when
// it can.
func Unusable(c *jetstream.StreamConfig, subjects ...string) *events.HubError {
	name := "stream " + c.Name + " at the hub"
	switch {
	case c.Mirror != nil:
		return &events.HubError{Code: events.HubStreamMirror, Problem: fmt.Sprintf("%s is a mirror of %s and takes no messages", name, c.Mirror.Name), Remedy: "connect to the server with the original, or let the stream have it as a source"}
	case c.Sealed:
		return &events.HubError{Code: events.HubStreamSealed, Problem: name + " is sealed", Remedy: "delete it, or create it under its name again"}
	case c.NoAck:
		return &events.HubError{Code: events.HubStreamNoAck, Problem: name + " acknowledges nothing", Remedy: "turn no_ack off"}
	}
	for _, subject := range subjects {
		if !slices.ContainsFunc(c.Subjects, func(filter string) bool { return server.SubjectMatchesFilter(subject, filter) }) {
			return &events.HubError{Code: events.HubStreamSubjects, Problem: fmt.Sprintf("%s does not store %s, only %q", name, subject, c.Subjects), Remedy: "give it the subjects of deploy/nats/streams.sh"}
		}
	}
	return nil
}

// pictureRefusal returns why the hub will not store a picture now or later; nil
// for an error that may pass.
func pictureRefusal(err error) *events.HubError {
	cause := events.HubCause(err)
	if cause == nil {
		return nil
	}
	switch cause.Code {
	case events.HubLimits, events.HubStreamFull, events.HubMessageSize, events.HubStreamSealed, events.HubStreamMirror, events.HubStreamNoAck:
		return cause
	}
	return nil
}
