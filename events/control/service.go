package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
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
	// Inspect gives the verdict on a JPEG, or on the next frame when it is nil:
	// there it triggers a camera that waits for triggers.
	Inspect(ctx context.Context, camera, part string, jpeg []byte) (*events.Result, error)
	// Status gives what a heartbeat says.
	Status() events.State
	// Snapshot gives the next frame as a JPEG.
	Snapshot(ctx context.Context, camera string) ([]byte, error)
	// Reload reads the camera's prompt set again.
	Reload(ctx context.Context, camera string) error
	// Cameras names the cameras.
	Cameras() []string
	// Validate says why a prompt set cannot be used by a camera.
	Validate(ctx context.Context, camera string, set []byte) error
	// Lint says what is doubtful in a prompt set that can be used.
	Lint(ctx context.Context, camera string, set []byte) ([]string, error)
	// Arm puts a prompt set into effect, now and after a restart.
	Arm(ctx context.Context, camera string, revision uint64, set []byte) error
	// Armed is the revision that Arm was last called with; 0 when never.
	Armed(camera string) uint64
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
	Deadline time.Duration // of a request, 2 s
	Rate     float64       // requests a second, 20, with bursts of as many
	Counts   *Counts       // may be nil
}

// Counts are what came to an agent.
type Counts struct {
	Requests atomic.Uint64
	Refused  atomic.Uint64 // too large, too many, or wrong
}

// MaxRequestBytes is the size of the largest request.
const MaxRequestBytes = 8 << 20

// Serve answers until ctx ends.
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
	conn, err := o.Connect()
	if err != nil {
		return err
	}
	defer conn.Close()
	s := &service{Options: o, ctx: ctx, limit: rate.NewLimiter(rate.Limit(o.Rate), max(int(o.Rate), 1))}
	if err := s.add(conn); err != nil {
		return fmt.Errorf("offer the agent's services: %w", err)
	}
	js, err := jetstream.New(conn)
	if err != nil {
		return err
	}
	s.follow(ctx, js)
	return context.Cause(ctx)
}

type service struct {
	Options
	ctx   context.Context
	limit *rate.Limiter
}

func (s *service) add(conn *nats.Conn) error {
	added, err := micro.AddService(conn, micro.Config{
		Name: "qc-agent", Version: "1.0.0", Description: "an inspection agent",
		Metadata: map[string]string{"station": s.Station.Token(), "version": s.Version},
	})
	if err != nil {
		return err
	}
	group := added.AddGroup("qc.svc." + s.Station.Token())
	for name, handle := range map[string]func(context.Context, *request) ([]byte, error){
		"inspect": s.inspect, "status": s.status, "snapshot": s.snapshot, "reload": s.reload,
	} {
		if err := group.AddEndpoint(name, micro.HandlerFunc(func(r micro.Request) { s.answer(r, handle) })); err != nil {
			return err
		}
	}
	return nil
}

// answer applies the limits, and turns errors into codes.
func (s *service) answer(r micro.Request, handle func(context.Context, *request) ([]byte, error)) {
	s.Counts.Requests.Add(1)
	if len(r.Data()) > MaxRequestBytes {
		s.refuse(r, "413", fmt.Sprintf("%d bytes are more than %d", len(r.Data()), MaxRequestBytes))
		return
	}
	if !s.limit.Allow() {
		s.refuse(r, "429", fmt.Sprintf("more than %v requests a second", s.Rate))
		return
	}
	asked, err := parse(r.Headers(), r.Data())
	if err != nil {
		s.refuse(r, "400", err.Error())
		return
	}
	ctx, cancel := context.WithTimeout(s.ctx, s.Deadline)
	defer cancel()
	type outcome struct {
		body []byte
		err  error
	}
	done := make(chan outcome, 1)
	go func() {
		body, err := handle(ctx, asked)
		done <- outcome{body, err}
	}()
	select {
	case o := <-done:
		switch {
		case o.err == nil:
			_ = r.Respond(o.body)
		case errors.Is(o.err, ErrRequest):
			s.refuse(r, "400", o.err.Error())
		case errors.Is(o.err, ErrNoVerdict):
			_ = r.Error("504", o.err.Error(), nil)
		case errors.Is(o.err, context.DeadlineExceeded):
			_ = r.Error("504", fmt.Sprintf("no answer within %v: %v", s.Deadline, o.err), nil)
		default:
			_ = r.Error("500", o.err.Error(), nil)
		}
	case <-ctx.Done():
		_ = r.Error("504", fmt.Sprintf("no answer within %v", s.Deadline), nil)
	}
}

func (s *service) refuse(r micro.Request, code, reason string) {
	s.Counts.Refused.Add(1)
	_ = r.Error(code, reason, nil)
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
