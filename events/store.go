package events

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nuid"
)

// Names of the stream and of the bucket with evidence, on the device and at
// the hub.
const (
	StreamName     = "QC"
	EvidenceBucket = "qc-evidence"
)

// duplicateWindow is how long a server remembers the ids of events.
const duplicateWindow = time.Hour

// Options of a Store. Zero values take the defaults.
type Options struct {
	Dir           string
	Station       Station
	Listen        string // host:port of the embedded server; "" for this process only
	MaxBytes      int64  // of events, 2 GiB
	EvidenceBytes int64  // of evidence, 4 GiB
}

// Store is the events and the evidence on the device.
type Store struct {
	station     Station
	server      *server.Server
	conn        *nats.Conn
	js          jetstream.JetStream
	objects     jetstream.ObjectStore
	incarnation string

	mu       sync.Mutex // one append at a time: the sequence is the place in the stream
	sequence uint64     // of the last event
}

// ErrStore is returned within an error when the store cannot be opened.
var ErrStore = errors.New("the event store cannot be opened")

// Open starts the embedded server on the folder and makes what is missing in
// it.
func Open(ctx context.Context, o Options) (*Store, error) {
	if err := o.Station.check(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrStore, err)
	}
	if o.MaxBytes == 0 {
		o.MaxBytes = 2 << 30
	}
	if o.EvidenceBytes == 0 {
		o.EvidenceBytes = 4 << 30
	}
	s := &Store{station: o.Station}
	if err := s.start(o); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrStore, err)
	}
	if err := s.prepare(ctx, o); err != nil {
		s.stop()
		return nil, fmt.Errorf("%w: %w", ErrStore, err)
	}
	return s, nil
}

func (s *Store) start(o Options) error {
	if err := os.MkdirAll(o.Dir, 0o750); err != nil {
		return err
	}
	options := &server.Options{
		ServerName: "edge-" + o.Station.Name, StoreDir: o.Dir, JetStream: true, SyncAlways: true,
		NoLog: true, NoSigs: true, DontListen: true, MaxPayload: 1 << 20,
		JetStreamMaxStore: o.MaxBytes + o.EvidenceBytes + 64<<20, JetStreamMaxMemory: 64 << 20,
	}
	if o.Listen != "" {
		host, port, err := net.SplitHostPort(o.Listen)
		if err != nil {
			return fmt.Errorf("listen on %q: %w", o.Listen, err)
		}
		if options.Port, err = strconv.Atoi(port); err != nil {
			return fmt.Errorf("listen on %q: %w", o.Listen, err)
		}
		if options.Port == 0 {
			options.Port = server.RANDOM_PORT
		} else if l, err := net.Listen("tcp", o.Listen); err != nil {
			return fmt.Errorf("listen on %s: %w: another program uses it; set events.listen to another port", o.Listen, err)
		} else if err := l.Close(); err != nil {
			return err
		}
		options.Host, options.DontListen = host, false
	}
	var err error
	if s.server, err = server.NewServer(options); err != nil {
		return fmt.Errorf("make the embedded NATS server: %w", err)
	}
	go s.server.Start()
	if !s.server.ReadyForConnections(10*time.Second) || !s.server.JetStreamEnabled() {
		s.server.Shutdown()
		s.server.WaitForShutdown()
		return fmt.Errorf("the embedded NATS server does not start on %s: check that the folder is writable, not full, and used by no other agent", o.Dir)
	}
	if s.conn, err = nats.Connect("", nats.InProcessServer(s.server), nats.MaxReconnects(-1)); err != nil {
		s.server.Shutdown()
		return err
	}
	s.js, err = jetstream.New(s.conn)
	return err
}

// prepare opens or makes the stream and the bucket, and takes the incarnation
// and the last sequence from them.
func (s *Store) prepare(ctx context.Context, o Options) error {
	stream, err := s.js.Stream(ctx, StreamName)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		stream, err = s.js.CreateStream(ctx, jetstream.StreamConfig{
			Name: StreamName, Subjects: []string{"qc.>"}, Storage: jetstream.FileStorage, Duplicates: duplicateWindow,
			MaxBytes: o.MaxBytes, Discard: jetstream.DiscardOld, Metadata: map[string]string{"incarnation": nuid.Next()},
		})
	}
	if err != nil {
		return fmt.Errorf("open the event stream: %w", err)
	}
	info := stream.CachedInfo()
	s.incarnation, s.sequence = info.Config.Metadata["incarnation"], info.State.LastSeq
	if s.incarnation == "" {
		return errors.New("open the event stream: it was made by another program; choose another events.dir")
	}
	s.objects, err = ensureEvidence(ctx, s.js, o.EvidenceBytes)
	return err
}

func ensureEvidence(ctx context.Context, js jetstream.JetStream, maxBytes int64) (jetstream.ObjectStore, error) {
	objects, err := js.ObjectStore(ctx, EvidenceBucket)
	if errors.Is(err, jetstream.ErrBucketNotFound) {
		objects, err = js.CreateObjectStore(ctx, jetstream.ObjectStoreConfig{Bucket: EvidenceBucket, MaxBytes: maxBytes, Description: "pictures of flagged parts"})
	}
	if err != nil {
		return nil, fmt.Errorf("open the evidence bucket: %w", err)
	}
	return objects, nil
}

// Append stores an event; when it returns without an error, the event is on
// the disk.
func (s *Store) Append(ctx context.Context, t Type, data any) (*Event, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := time.Now()
	sequence := s.sequence + 1
	id, body, err := encode(s.station, s.incarnation, sequence, t, at, data)
	if err != nil {
		return nil, err
	}
	ack, err := s.js.PublishMsg(ctx, &nats.Msg{Subject: s.station.Subject(t), Data: body}, jetstream.WithMsgID(id))
	if err != nil {
		return nil, fmt.Errorf("store event: %w", err)
	}
	s.sequence = ack.Sequence
	return &Event{ID: id, Incarnation: s.incarnation, Sequence: sequence, Type: t, Source: s.station.source(), Time: at}, nil
}

// PutEvidence stores a JPEG under a name of its own.
func (s *Store) PutEvidence(ctx context.Context, jpeg []byte) (*Evidence, error) {
	sum := sha256.Sum256(jpeg)
	e := &Evidence{Bucket: EvidenceBucket, Name: s.station.Name + "-" + nuid.Next() + ".jpg", Bytes: len(jpeg), SHA256: hex.EncodeToString(sum[:]), MediaType: "image/jpeg"}
	if _, err := s.objects.PutBytes(ctx, e.Name, jpeg); err != nil {
		return nil, fmt.Errorf("store evidence: %w", err)
	}
	return e, nil
}

// URL is where the embedded server listens; "" when it does not.
func (s *Store) URL() string {
	if s.server.Addr() == nil {
		return ""
	}
	return s.server.ClientURL()
}

// Sequence is that of the last event.
func (s *Store) Sequence() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sequence
}

// drainLimit is how long Close waits for what is under way.
const drainLimit = 5 * time.Second

// Close drains the connection and stops the server.
func (s *Store) Close() error {
	closed := make(chan struct{})
	s.conn.SetClosedHandler(func(*nats.Conn) { close(closed) })
	err := s.conn.Drain()
	if err == nil {
		select {
		case <-closed:
		case <-time.After(drainLimit):
			err = errors.New("close the event store: draining took too long")
		}
	}
	s.stop()
	return err
}

func (s *Store) stop() {
	s.conn.Close()
	s.server.Shutdown()
	s.server.WaitForShutdown()
}
