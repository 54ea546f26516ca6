package outbox

import (
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// A proxy's ways with what goes through it.
const (
	pass  = iota
	stall // nothing goes either way
	mute  // what the hub says is kept back
	drip  // a few bytes at a time
)

// proxy stands between a store and its hub, and does what bad networks do.
type proxy struct {
	listener net.Listener
	target   string
	mode     atomic.Int32
	mu       sync.Mutex
	conns    []net.Conn
	running  sync.WaitGroup
}

func newProxy(t *testing.T, target string) *proxy {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{listener: listener, target: target}
	p.running.Go(p.accept)
	t.Cleanup(func() {
		listener.Close()
		p.mode.Store(pass)
		p.reset()
		p.running.Wait()
	})
	return p
}

func (p *proxy) url() string { return "nats://" + p.listener.Addr().String() }

func (p *proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		hub, err := net.Dial("tcp", p.target)
		if err != nil {
			client.Close()
			continue
		}
		p.mu.Lock()
		p.conns = append(p.conns, client, hub)
		p.mu.Unlock()
		p.running.Go(func() { p.copy(hub, client, false) })
		p.running.Go(func() { p.copy(client, hub, true) })
	}
}

func (p *proxy) copy(to, from net.Conn, answers bool) {
	defer to.Close()
	defer from.Close()
	buffer := make([]byte, 32<<10)
	for {
		size := len(buffer)
		if p.mode.Load() == drip {
			size = 512
		}
		n, err := from.Read(buffer[:size])
		for mode := p.mode.Load(); mode == stall || mode == mute && answers; mode = p.mode.Load() {
			time.Sleep(time.Millisecond)
		}
		if p.mode.Load() == drip {
			time.Sleep(time.Millisecond)
		}
		if n > 0 {
			if _, err := to.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// reset ends all connections at once, without a farewell.
func (p *proxy) reset() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, conn := range p.conns {
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
		}
		conn.Close()
	}
	p.conns = nil
}
