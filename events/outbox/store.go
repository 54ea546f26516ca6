package outbox

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sys/unix"

	"pristine/events"
	"pristine/internal/dirlock"
)

// Options of a Store. Zero values take the defaults.
type Options struct {
	Dir           string
	Station       events.Station
	Listen        string // host:port of the embedded server; "" for this process only
	MaxBytes      int64  // of events, 2 GiB
	EvidenceBytes int64  // of evidence, 4 GiB
	ReserveBytes  int64  // of the disk that stay free, 256 MiB; below them events are shed, then refused
	Now           func() time.Time
	Short         func(context.Context) error // makes room outside the store on a disk that is short, before events go; may be nil

	start func(context.Context, *Options) (*broker, error) // startBroker
}

func (o *Options) setDefaults() {
	if o.MaxBytes == 0 {
		o.MaxBytes = 2 << 30
	}
	if o.EvidenceBytes == 0 {
		o.EvidenceBytes = 4 << 30
	}
	if o.ReserveBytes == 0 {
		o.ReserveBytes = 256 << 20
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.start == nil {
		o.start = startBroker
	}
}

// Store is the events and the evidence on the device.
type Store struct {
	options  Options
	lock     *dirlock.Lock
	broker   atomic.Pointer[broker]
	tasks    sync.WaitGroup
	ctx      context.Context // of tasks
	cancel   context.CancelFunc
	wake     chan struct{} // shed
	appended chan struct{} // an event is on the disk; for Forward

	mu         sync.Mutex // one append at a time: the sequence is the place in the stream
	sequence   uint64     // of the last event
	unsettled  *nats.Msg
	failed     time.Time // when the last write failed
	restarting bool      // the embedded server, because of unsettled
	restarted  bool      // it was, so unsettled can be tried again

	incarnation atomic.Value // string

	last      atomic.Uint64             // sequence, for readers that must not wait for a disk
	lastAt    atomic.Pointer[time.Time] // when it was acknowledged
	condition condition
	forwarded atomic.Uint64 // sequence that the hub has
	opened    uint64        // the last event when the store was opened, or at an earlier opening since which the hub was not reached
	noted     bool          // the note of that opening stands
	brought   atomic.Uint64 // place of the last picture that the hub got
	hub       hubState
	counts    counts
	shedding  sync.Mutex
	raising   sync.Mutex
	retaining sync.Mutex
}

// ErrStore is returned within an error when the store cannot be opened.
var ErrStore = errors.New("the event store cannot be opened")

// ErrFull is returned within an error when an event or a picture was not
// stored, for want of space.
var ErrFull = errors.New("the event store is full")

// ErrRestarting is returned within an error when an event was not stored because
// the embedded server is being restarted after a failed write.
var ErrRestarting = errors.New("the event store is restarting")

// ErrLost is returned by Close when events could not be stored since Open.
var ErrLost = errors.New("events were lost")

// Open locks the folder, starts the embedded server on it and creates what is
// missing. Another store on the same folder is refused with the id of the process
// that has it.
func Open(ctx context.Context, o Options) (*Store, error) {
	o.setDefaults()
	if err := o.Station.Check(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrStore, err)
	}
	lock, err := dirlock.Acquire(o.Dir)
	if errors.Is(err, dirlock.ErrHeld) {
		return nil, fmt.Errorf("%w: %w: stop that agent, or give each agent an events.dir of its own", ErrStore, err)
	}
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, unix.EROFS) {
		return nil, fmt.Errorf("%w: %w: name an events.dir that the agent may write to", ErrStore, err)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrStore, err)
	}
	s, err := open(ctx, o)
	if err != nil {
		return nil, errors.Join(err, lock.Release())
	}
	s.lock = lock
	return s, nil
}

func open(ctx context.Context, o Options) (*Store, error) {
	b, err := o.start(ctx, &o)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrStore, err)
	}
	if o.Listen != "" { // the same port after a restart of the server
		o.Listen = b.server.Addr().String()
	}
	s := &Store{options: o, wake: make(chan struct{}, 1), appended: make(chan struct{}, 1)}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.broker.Store(b)
	info := b.stream.CachedInfo()
	s.incarnation.Store(info.Config.Metadata["incarnation"])
	s.sequence = info.State.LastSeq
	s.last.Store(s.sequence)
	s.lastAt.Store(new(time.Time))
	if err := s.recall(ctx); err != nil {
		b.stop()
		return nil, fmt.Errorf("%w: %w", ErrStore, err)
	}
	if err := s.noteOpening(ctx); err != nil {
		b.stop()
		return nil, fmt.Errorf("%w: %w", ErrStore, err)
	}
	s.counts.size.Store(info.State.Bytes)
	s.counts.pictures.Store(b.pictures.stream.CachedInfo().State.Bytes)
	s.tasks.Go(s.shedder)
	return s, nil
}

// appendLimit is how long one exchange with the embedded server may take.
const appendLimit = 4 * time.Second

// Append stores an event; when it returns without an error, the event is on
// the disk. After an error with ErrFull or ErrRestarting it is not, and is counted;
// after any other error of the store it may be there, or is stored before the next
// one: never twice, and never with a hole.
func (s *Store) Append(ctx context.Context, t events.Type, data any) (*events.Event, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	class := classOf(t, data)
	err := s.settle(ctx)
	if err == nil {
		err = s.room(class)
	}
	if err != nil {
		s.counts.addUnstored(class)
		s.condition.failed(err)
		return nil, err
	}
	at := s.options.Now()
	sequence, incarnation := s.sequence+1, s.currentIncarnation()
	id, body, err := events.Encode(s.options.Station, incarnation, sequence, t, at, data)
	if err != nil {
		return nil, err
	}
	m := nats.NewMsg(s.options.Station.Subject(t))
	m.Data = body
	m.Header.Set(nats.MsgIdHdr, id)
	m.Header.Set(classHeader, string(class))
	if err := s.write(ctx, m); err != nil {
		if errors.Is(err, ErrFull) {
			s.counts.addUnstored(class)
		}
		s.condition.failed(err)
		return nil, err
	}
	if s.free() >= s.options.ReserveBytes {
		s.condition.passed()
	}
	return &events.Event{ID: id, Incarnation: incarnation, Sequence: sequence, Type: t, Source: s.options.Station.Source(), Time: at}, nil
}

// write publishes a message as the next one of the stream. It keeps the
// message in unsettled when its fate is not known.
func (s *Store) write(ctx context.Context, m *nats.Msg) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), appendLimit)
	defer cancel()
	err := s.publish(ctx, m)
	if refusal(err) == full && s.shed(ctx, lowWater(s.options.MaxBytes)) == nil {
		err = s.publish(ctx, m)
	}
	switch refusal(err) {
	case none:
		return nil
	case full:
		s.unsettled = nil
		return fmt.Errorf("store event: %w: the store has reached events.max_bytes, and nothing in it may be removed for this event: raise events.max_bytes, or let the hub take the backlog (%w)", ErrFull, err)
	case behind:
		return s.resync(ctx, m)
	}
	s.unsettled, s.failed = m, time.Now()
	return fmt.Errorf("store event: %w", err)
}

func (s *Store) publish(ctx context.Context, m *nats.Msg) error {
	ack, err := s.broker.Load().js.PublishMsg(ctx, m, jetstream.WithExpectLastSequence(s.sequence), jetstream.WithRetryAttempts(0))
	if err != nil {
		return err
	}
	s.stored(ack.Sequence, m)
	return nil
}

func (s *Store) stored(sequence uint64, m *nats.Msg) {
	s.sequence, s.unsettled = sequence, nil
	now := time.Now()
	s.lastAt.Store(&now)
	s.last.Store(sequence)
	select {
	case s.appended <- struct{}{}:
	default:
	}
	if s.counts.add(len(m.Data)) > highWater(s.options.MaxBytes) {
		s.shedSoon()
	}
}

// resync finds out what stands at the end of the stream: the message itself,
// stored by a try whose acknowledgement was lost longer ago than the duplicate
// window.
func (s *Store) resync(ctx context.Context, m *nats.Msg) error {
	raw, err := s.broker.Load().stream.GetMsg(ctx, s.sequence+1)
	if err == nil && raw.Header.Get(nats.MsgIdHdr) == m.Header.Get(nats.MsgIdHdr) {
		s.stored(raw.Sequence, m)
		return nil
	}
	s.unsettled = nil
	return fmt.Errorf("store event: another program writes to the stream in %s: give each agent an events.dir of its own", s.options.Dir)
}

// verdict of the embedded server on a write.
type answer int

const (
	none    answer = iota // stored
	full                  // no more bytes allowed
	behind                // the stream goes on from another sequence
	unknown               // a write error, or no answer
)

// errStoreFailed is the code of JetStream's error when a message could not be
// stored (nats-server: JSStreamStoreFailedF).
const errStoreFailed = 10077

func refusal(err error) answer {
	var api *jetstream.APIError
	switch {
	case err == nil:
		return none
	case !errors.As(err, &api):
		return unknown
	case api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence, api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequenceConstant:
		return behind
	case api.ErrorCode == errStoreFailed && strings.Contains(api.Description, "maximum bytes exceeded"):
		return full
	}
	return unknown
}

// URL is where the embedded server listens; "" when it does not.
func (s *Store) URL() string {
	if s.options.Listen == "" {
		return ""
	}
	return s.broker.Load().server.ClientURL()
}

// Connect connects to the embedded server as the agent itself, which may do
// more there than others. The caller closes.
func (s *Store) Connect() (*nats.Conn, error) { return s.broker.Load().connect() }

// Close ends the tasks and stops the server. Its error has ErrLost when Status
// counts events that were not stored.
func (s *Store) Close() error {
	s.cancel()
	s.tasks.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.broker.Load().stop()
	if err := s.lock.Release(); err != nil {
		return fmt.Errorf("unlock %s: %w", s.options.Dir, err)
	}
	if unstored := s.Status().Unstored; len(unstored) > 0 {
		return fmt.Errorf("%w: %s could not be stored in %s: see the log for the reason", ErrLost, describe(unstored), s.options.Dir)
	}
	return nil
}
