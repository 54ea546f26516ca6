package hubcheck

import (
	"errors"
	"fmt"
	"strings"

	"github.com/nats-io/nats.go"

	"pristine/events"
)

// reserved begins the reply subjects that nats-server keeps for itself and refuses from
// clients, after it has checked the permission to publish: processInboundClientMsg in its
// client.go.
const reserved = "_R_."

// denied returns why the user may not publish on a subject; nil where it may.
// Nothing is published.
func (e *examination) denied(subject string) (denied, err error) {
	if err := e.conn.PublishRequest(subject, reserved+e.conn.NewInbox(), nil); err != nil {
		return nil, events.HubCause(err)
	}
	if err := e.conn.FlushTimeout(limit); err != nil { // the refusal comes before the answer
		return nil, events.HubCause(err)
	}
	last := e.conn.LastError()
	if errors.Is(last, nats.ErrPermissionViolation) && strings.Contains(last.Error(), fmt.Sprintf("Publish to %q", subject)) {
		return last, nil
	}
	return nil, nil
}

// unsubscribable returns why the user may not subscribe to a subject; nil where it may.
func (e *examination) unsubscribable(subject string) (denied, err error) {
	s, err := e.conn.SubscribeSync(subject)
	if err == nil {
		defer func() { _ = s.Unsubscribe() }()
		err = e.conn.FlushTimeout(limit)
	}
	if err != nil {
		return nil, events.HubCause(err)
	}
	last := e.conn.LastError()
	if errors.Is(last, nats.ErrPermissionViolation) && strings.Contains(last.Error(), fmt.Sprintf("Subscription to %q", subject)) {
		return last, nil
	}
	return nil, nil
}

// permissions examines the subjects that the station's agent publishes on and subscribes
// to: its events and pictures, the answers to it, and requests.
func (e *examination) permissions() error {
	for _, t := range events.Types() {
		if err := e.may(Publish, e.denied, e.station.Subject(t)); err != nil {
			return err
		}
	}
	if err := e.may(Pictures, e.denied, events.PictureSubject("x.jpg")); err != nil {
		return err
	}
	for _, subject := range []string{e.station.InboxPrefix() + ".>", "qc.svc." + e.station.Token() + ".*"} {
		if err := e.may(Subscribe, e.unsubscribable, subject); err != nil {
			return err
		}
	}
	return nil
}

// may adds a fault of a part where ask returns that the user may not use a subject.
func (e *examination) may(p Part, ask func(string) (denied, err error), subject string) error {
	denied, err := ask(subject)
	if err == nil && denied != nil {
		cause, verb := events.HubCause(denied), "publish on"
		if p == Subscribe {
			verb = "subscribe to"
		}
		e.fault(p, &events.HubError{Code: cause.Code, Problem: fmt.Sprintf("the hub does not permit the user to %s %s", verb, subject), Remedy: cause.Remedy, Err: denied})
	}
	return err
}
