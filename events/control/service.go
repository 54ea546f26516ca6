package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nats.go/micro"
	"golang.org/x/time/rate"

	"pristine/events"
)

// Agent is what a request can ask for. An empty camera means the only one.
type Agent interface {
	// Inspect returns the verdict on a JPEG, or on the next frame when it is nil:
	// there it triggers a camera that waits for triggers.
	Inspect(ctx context.Context, camera, part string, jpeg []byte) (*events.Result, error)
	// Status returns the content of a heartbeat.
	Status() events.State
	// Snapshot returns the next frame as a JPEG.
	Snapshot(ctx context.Context, camera string) ([]byte, error)
	// Evaluate measures the set in effect on labelled pictures; its answer is
	// sent as JSON.
	Evaluate(ctx context.Context, camera string, pictures []Labelled) (any, error)
	// Reload reads the camera's prompt set again.
	Reload(ctx context.Context, camera string) error
	// Learn makes the camera learn its good parts and the health of its pictures
	// again. Meanwhile its parts are INVALID learning.
	Learn(ctx context.Context, camera string) error
	// Cameras names the cameras.
	Cameras() []string
	// Validate returns why a prompt set cannot be used by a camera.
	Validate(ctx context.Context, camera string, set []byte) error
	// Lint returns warnings about a prompt set that can be used.
	Lint(ctx context.Context, camera string, set []byte) ([]string, error)
	// Arm puts a prompt set into effect, now and after a restart.
	Arm(ctx context.Context, camera string, p Pushed, set []byte) error
	// Armed returns the revision of the pushed set in effect; 0 where the live set
	// was not pushed.
	Armed(camera string) uint64
	// Wish returns the Pushed.Wish that Arm was last called with, also before a
	// restart; 0 when never. A wish that was followed once is not followed again:
	// the set's file may have been edited since.
	Wish(camera string) uint64
}

// Pushed says where a set that Arm puts into effect came from.
type Pushed struct {
	Revision uint64 // of the set
	Wish     uint64 // revision of the request to arm it
	By       string // who asked for it, as that person's program says; may be empty
}

// ErrRequest is returned within an error of an Agent when the request is at
// fault: an unknown camera, a picture that is none.
var ErrRequest = errors.New("the request is wrong")

// ErrNoVerdict is returned within an error of Agent.Inspect when no frame or no
// verdict came in time.
var ErrNoVerdict = errors.New("there is no verdict in time")

// Options of Serve. Zero values take the defaults.
type Options struct {
	Connect  func() (*nats.Conn, error) // to where the requests come; Serve closes the connection
	Station  events.Station
	Version  string
	Agent    Agent
	Deadline time.Duration // of a request, 2 s; eval has evalDeadline
	Rate     float64       // requests a second, 20, with bursts of as many
	Counts   *Counts       // may be nil
	OnError  func(error)   // may be nil; called when requests cannot be answered, once for each reason
}

// Counts are what came to an agent.
type Counts struct {
	Requests atomic.Uint64
	Refused  atomic.Uint64 // too large, too many, or wrong
}

// MaxRequestBytes is the size of the largest request.
const MaxRequestBytes = 8 << 20

// Serve answers until ctx ends, and returns its cause when no request is being
// handled any more. A connection that is down for some seconds is made again by
// Connect, which may read other secrets or reach another server then; Connect's
// errors are retried.
func Serve(ctx context.Context, o Options) error {
	if o.Deadline == 0 {
		o.Deadline = 2 * time.Second
	}
	if o.Rate == 0 {
		o.Rate = 20
	}
	if o.Counts == nil {
		o.Counts = &Counts{}
	}
	if err := o.Station.Check(); err != nil {
		return err
	}
	judged, last := map[string]uint64{}, ""
	for ctx.Err() == nil {
		err := session(ctx, o, judged)
		if err == nil {
			last = ""
			continue
		}
		if o.OnError != nil && err.Error() != last {
			o.OnError(err)
		}
		last = err.Error()
		select {
		case <-time.After(recheck):
		case <-ctx.Done():
		}
	}
	return context.Cause(ctx)
}

// session answers over one connection until that is down or ctx ends. judged holds
// the staged revisions that were judged, by camera.
func session(ctx context.Context, o Options, judged map[string]uint64) error {
	conn, err := o.Connect()
	if err != nil {
		return err
	}
	defer conn.Close()
	s := &service{Options: o, ctx: ctx, conn: conn, limit: rate.NewLimiter(rate.Limit(o.Rate), max(int(o.Rate), 1)), slots: make(chan struct{}, maxAtOnce)}
	if s.js, err = jetstream.New(conn); err != nil {
		return err
	}
	defer s.answering.Wait()
	if err := s.add(); err != nil {
		return fmt.Errorf("offer the agent's services: %w", err)
	}
	s.follow(ctx, s.js, judged)
	return nil
}

type service struct {
	Options
	ctx       context.Context
	conn      *nats.Conn
	js        jetstream.JetStream
	limit     *rate.Limiter
	slots     chan struct{} // one for each request that is handled
	answering sync.WaitGroup
	evaluates sync.Mutex // one at a time: it keeps the model busy
}

func (s *service) add() error {
	added, err := micro.AddService(s.conn, micro.Config{
		Name: "qc-agent", Version: "1.0.0", Description: "an inspection agent",
		Metadata: map[string]string{"station": s.Station.Token(), "version": s.Version},
	})
	if err != nil {
		return err
	}
	group := added.AddGroup("qc.svc." + s.Station.Token())
	for name, e := range map[string]endpoint{
		"inspect": {s.inspect, s.Deadline}, "status": {s.status, s.Deadline}, "snapshot": {s.snapshot, s.Deadline}, "reload": {s.reload, s.Deadline}, "learn": {s.learn, s.Deadline}, "eval": {s.eval, evalDeadline},
	} {
		if err := group.AddEndpoint(name, micro.HandlerFunc(func(r micro.Request) { s.receive(r, e) })); err != nil {
			return err
		}
	}
	return nil
}

func (s *service) inspect(ctx context.Context, q *request) ([]byte, error) {
	result, err := s.Agent.Inspect(ctx, q.camera, q.part, q.jpeg)
	if err != nil {
		return nil, err
	}
	return json.Marshal(result)
}

func (s *service) status(context.Context, *request) ([]byte, error) {
	return json.Marshal(s.Agent.Status())
}

func (s *service) snapshot(ctx context.Context, q *request) ([]byte, error) {
	return s.Agent.Snapshot(ctx, q.camera)
}

func (s *service) reload(ctx context.Context, q *request) ([]byte, error) {
	if err := s.Agent.Reload(ctx, q.camera); err != nil {
		return nil, err
	}
	return []byte(`{"reloaded": true}`), nil
}

func (s *service) learn(ctx context.Context, q *request) ([]byte, error) {
	if err := s.Agent.Learn(ctx, q.camera); err != nil {
		return nil, err
	}
	return []byte(`{"learning": true}`), nil
}
