package outbox

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
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
