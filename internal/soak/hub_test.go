package soak

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"pristine/events"
)

// plant is the NATS server of the plant, as a process of its own, with the cable to it.
type plant struct {
	t              *testing.T
	program, dir   string
	port           int
	user, password string // files
	cmd            *exec.Cmd
	cable          *cable
}

func newPlant(t *testing.T, program string) *plant {
	t.Helper()
	p := &plant{t: t, program: program, dir: t.TempDir(), port: freePort(t)}
	p.user, p.password = filepath.Join(p.dir, "user"), filepath.Join(p.dir, "password")
	for file, text := range map[string]string{p.user: "station", p.password: "secret"} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p.start("station")
	p.cable = newCable(t, p.address())
	t.Cleanup(p.kill)
	return p
}

func (p *plant) address() string { return fmt.Sprintf("127.0.0.1:%d", p.port) }

// hub returns how to reach the plant, without the cable.
func (p *plant) hub() events.Hub {
	return events.Hub{URL: "nats://" + p.address(), UserFile: p.user, PasswordFile: p.password}
}

// start starts the server, which admits one user.
func (p *plant) start(user string) {
	p.t.Helper()
	file := filepath.Join(p.dir, "nats.conf")
	text := fmt.Sprintf("host: 127.0.0.1\nport: %d\njetstream { store_dir: %q }\nauthorization { user: %s, password: secret }\n", p.port, p.dir, user)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		p.t.Fatal(err)
	}
	log, err := os.OpenFile(filepath.Join(p.dir, "nats.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		p.t.Fatal(err)
	}
	defer log.Close()
	p.cmd = exec.Command(p.program, "--config", file)
	p.cmd.Stdout, p.cmd.Stderr = log, log
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	waitFor(p.t, "the hub", time.Minute, func() bool {
		conn, err := nats.Connect("nats://"+p.address(), nats.UserInfo(user, "secret"))
		if err != nil {
			return false
		}
		defer conn.Close()
		js, err := conn.JetStream()
		if err != nil {
			return false
		}
		_, err = js.AccountInfo()
		return err == nil
	})
}

// stop ends the server, in order or at once.
func (p *plant) stop(sig os.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(sig); err != nil {
		p.t.Errorf("stop the hub: %v", err)
	}
	_ = p.cmd.Wait()
}

func (p *plant) kill() { _ = p.cmd.Process.Kill(); _ = p.cmd.Wait() }

// cable is a TCP proxy that can be cut: what is sent meanwhile goes nowhere.
type cable struct {
	listener net.Listener
	target   string
	cut      atomic.Bool
	mu       sync.Mutex
	conns    []net.Conn
	running  sync.WaitGroup
}

func newCable(t *testing.T, target string) *cable {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &cable{listener: listener, target: target}
	c.running.Go(c.accept)
	t.Cleanup(func() {
		listener.Close()
		c.cut.Store(false)
		c.reset()
		c.running.Wait()
	})
	return c
}

func (c *cable) url() string { return "nats://" + c.listener.Addr().String() }

func (c *cable) accept() {
	for {
		client, err := c.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", c.target)
		if err != nil {
			client.Close()
			continue
		}
		c.mu.Lock()
		c.conns = append(c.conns, client, server)
		c.mu.Unlock()
		c.running.Go(func() { c.copy(server, client) })
		c.running.Go(func() { c.copy(client, server) })
	}
}

func (c *cable) copy(to, from net.Conn) {
	defer to.Close()
	defer from.Close()
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		for c.cut.Load() {
			time.Sleep(10 * time.Millisecond) // a cut cable, not a wait for something
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

// reset ends all connections without a farewell.
func (c *cable) reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, conn := range c.conns {
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
		}
		conn.Close()
	}
	c.conns = nil
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// waitFor waits for a condition.
func waitFor(t *testing.T, what string, limit time.Duration, met func() bool) {
	t.Helper()
	for deadline := time.Now().Add(limit); !met(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}
