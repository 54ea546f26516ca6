package control

import (
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/micro"

	"pristine/events"
)

// Learn requests that a camera of a station's agent learns again, over its own
// connection. An empty camera means the only one.
func Learn(ctx context.Context, h events.Hub, s events.Station, camera string) error {
	if err := s.Check(); err != nil {
		return fmt.Errorf("learn: %w", err)
	}
	conn, err := h.Connect(false)
	if err != nil {
		return err
	}
	defer conn.Close()
	m := nats.NewMsg("qc.svc." + s.Token() + ".learn")
	if camera != "" {
		m.Header.Set("Qc-Camera", camera)
	}
	answer, err := conn.RequestMsgWithContext(ctx, m)
	if errors.Is(err, nats.ErrNoResponders) {
		return fmt.Errorf("learn: no agent of station %s answers: edge fleet lists those that run", s.Token())
	}
	if err != nil {
		return fmt.Errorf("learn: %w", err)
	}
	if refusal := answer.Header.Get(micro.ErrorHeader); refusal != "" {
		return fmt.Errorf("learn: %w: %s", ErrRequest, refusal)
	}
	return nil
}
