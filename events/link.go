package events

import (
	"context"
	"errors"
	"sync"

	"github.com/nats-io/nats.go"
)

// Link is a connection to a hub that lasts. Like Connect it reconnects for ever;
// it is also made again when the server closed it for good or the nkey file
// holds another key, and it knows why it is not connected.
type Link struct {
	hub Hub
	up  chan struct{}

	mu       sync.Mutex
	conn     *nats.Conn
	key      string // public nkey of conn
	failure  error  // of the last attempt to connect, or why the connection was cut
	denied   error  // the last permission violation
	onCut    context.CancelFunc
	onDenied func()
}

// Link returns a link that has not connected yet. Its methods Conn, Wait and
// Close belong to one goroutine. The caller closes.
func (h Hub) Link() *Link { return &Link{hub: h, up: make(chan struct{}, 1)} }

// Up receives a value when the hub can be reached again.
func (l *Link) Up() <-chan struct{} { return l.up }

// Conn returns the connection, which may still be connecting. It differs from
// the one before when that had to be made again. An error says that the settings
// or the secrets cannot be read now.
func (l *Link) Conn() (*nats.Conn, error) {
	l.mu.Lock()
	old, had := l.conn, l.key
	l.mu.Unlock()
	key := had
	if l.hub.NkeyFile != "" {
		var err error
		if key, err = l.hub.nkey(); err != nil && (old == nil || !old.IsConnected()) {
			return nil, HubCause(err)
		}
	}
	if old != nil && !old.IsClosed() && (key == had || old.IsConnected()) {
		return old, nil
	}
	conn, err := l.hub.Connect(true,
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { l.asyncError(err) }),
		nats.ReconnectErrHandler(func(_ *nats.Conn, err error) { l.fail(err) }),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) { l.cut(err) }),
		nats.ConnectHandler(func(*nats.Conn) { l.connected() }),
		nats.ReconnectHandler(func(*nats.Conn) { l.connected() }))
	if err != nil {
		return nil, err
	}
	if old != nil {
		old.Close()
	}
	l.mu.Lock()
	l.conn, l.key = conn, key
	l.mu.Unlock()
	return conn, nil
}

// Wait waits until the hub is connected. Its error holds a HubError.
func (l *Link) Wait(ctx context.Context, conn *nats.Conn) error {
	for !conn.IsConnected() {
		select {
		case <-l.up:
		case <-ctx.Done():
			return l.Cause(context.Cause(ctx))
		}
	}
	return nil
}

// Cause returns err with why the link is not connected or what the hub did not
// permit since the last call. It holds a HubError.
func (l *Link) Cause(err error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := errors.Join(err, l.denied)
	l.denied = nil
	if l.conn != nil && !l.conn.IsConnected() {
		// The client keeps the error of a refused attempt, and reports that of a
		// failed dial.
		if last := l.conn.LastError(); last != nil {
			all = last
		} else if l.failure != nil {
			all = l.failure
		}
	}
	return HubCause(all)
}

// OnCut has cancel called when the connection is cut.
func (l *Link) OnCut(cancel context.CancelFunc) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.onCut = cancel
}

// OnDenied has call called when the hub does not permit something; nil ends it.
func (l *Link) OnDenied(call func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.onDenied = call
}

// Denied returns the last permission violation that Cause did not return yet.
func (l *Link) Denied() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.denied
}

// Close closes the connection.
func (l *Link) Close() {
	l.mu.Lock()
	conn := l.conn
	l.mu.Unlock()
	if conn != nil {
		conn.Close()
	}
}

func (l *Link) asyncError(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !errors.Is(err, nats.ErrPermissionViolation) {
		l.failure = err
		return
	}
	l.denied = err
	if l.onDenied != nil {
		l.onDenied()
	}
}

func (l *Link) fail(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.failure = err
}

func (l *Link) cut(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil {
		l.failure = err
	}
	if l.onCut != nil {
		l.onCut()
	}
}

func (l *Link) connected() {
	l.mu.Lock()
	l.failure = nil
	l.mu.Unlock()
	select {
	case l.up <- struct{}{}:
	default:
	}
}
