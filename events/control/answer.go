package control

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/micro"
)

// endpoint is one thing that can be asked.
type endpoint struct {
	handle   func(context.Context, *request) ([]byte, error)
	deadline time.Duration
}

// maxAtOnce requests are under way; more are refused.
const maxAtOnce = 16

// receive applies the limits to a request and answers it. An endpoint's requests
// come one after another; a slow one must not hold up the next, which may be for
// another camera.
func (s *service) receive(r micro.Request, e endpoint) {
	s.Counts.Requests.Add(1)
	asked, code, err := s.admit(r)
	if err != nil {
		s.Counts.Refused.Add(1)
		_ = r.Error(code, err.Error(), nil)
		return
	}
	s.answering.Go(func() { s.answer(asked, e, r.Reply()) })
}

// admit returns the request and reserves a slot for it, or returns why it is refused.
func (s *service) admit(r micro.Request) (*request, string, error) {
	if len(r.Data()) > MaxRequestBytes {
		return nil, "413", fmt.Errorf("%d bytes are more than %d", len(r.Data()), MaxRequestBytes)
	}
	if !s.limit.Allow() {
		return nil, "429", fmt.Errorf("more than %v requests a second", s.Rate)
	}
	asked, err := parse(r.Headers(), r.Data())
	if err != nil {
		return nil, "400", err
	}
	select {
	case s.slots <- struct{}{}:
		return asked, "", nil
	default:
		return nil, "429", fmt.Errorf("%d requests are under way: ask again when they are answered", maxAtOnce)
	}
}

// errLate is the answer to a request that has none within its deadline.
var errLate = errors.New("no answer in time")

// answer handles a request and replies once: with the outcome, or at the deadline
// and at the end of Serve that there is none. It returns when the handler has: a
// handler that is late keeps its slot, and Serve waits for it.
func (s *service) answer(asked *request, e endpoint, to string) {
	ctx, cancel := context.WithTimeout(s.ctx, e.deadline)
	defer cancel()
	var once sync.Once
	stop := context.AfterFunc(ctx, func() {
		once.Do(func() { s.reply(to, nil, fmt.Errorf("%w: within %v", errLate, e.deadline)) })
	})
	body, err := e.handle(ctx, asked)
	stop()
	if errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, ErrNoVerdict) {
		err = fmt.Errorf("%w: within %v: %w", errLate, e.deadline, err)
	}
	<-s.slots                                  // before the client hears of it and asks again
	once.Do(func() { s.reply(to, body, err) }) // waits for a late answer that is being sent
}

// reply sends an answer, or an error with its code. Not through the request,
// whose errors are read when its handler returns, which it has.
func (s *service) reply(to string, body []byte, err error) {
	m := nats.NewMsg(to)
	m.Data = body
	if err != nil {
		m.Header.Set(micro.ErrorHeader, err.Error())
		m.Header.Set(micro.ErrorCodeHeader, s.code(err))
	}
	_ = s.conn.PublishMsg(m) // who asked notices that nothing came
}

func (s *service) code(err error) string {
	switch {
	case errors.Is(err, ErrRequest):
		s.Counts.Refused.Add(1)
		return "400"
	case errors.Is(err, errBusy):
		s.Counts.Refused.Add(1)
		return "429"
	case errors.Is(err, ErrNoVerdict), errors.Is(err, errLate):
		return "504"
	}
	return "500"
}
