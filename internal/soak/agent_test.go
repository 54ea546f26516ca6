package soak

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"pristine/web"
)

// agent is edge run as a process, which is started again whenever it ends.
type agent struct {
	t            *testing.T
	program, dir string // dir: its configuration and its logs
	page         string
	mu           sync.Mutex
	cmd          *exec.Cmd
	ended        chan error // of the process that runs
	killing      bool
	starts       int
	client       *http.Client
}

// start starts a process, with a log of its own. The caller holds mu.
func (a *agent) start() {
	a.starts++
	log, err := os.Create(a.log())
	if err != nil {
		a.t.Error(err)
		return
	}
	defer log.Close()
	a.cmd = exec.Command(a.program, "run", "--config", filepath.Join(a.dir, "edge.yaml"))
	a.cmd.Dir, a.cmd.Stdout, a.cmd.Stderr = "../..", log, log
	a.killing = false
	ended := make(chan error, 1)
	a.ended = ended
	if err := a.cmd.Start(); err != nil {
		a.t.Error(err)
		ended <- err
		return
	}
	go func(cmd *exec.Cmd) { ended <- cmd.Wait() }(a.cmd)
}

func (a *agent) log() string { return filepath.Join(a.dir, fmt.Sprintf("edge-%03d.log", a.starts)) }

// kill ends the process with SIGKILL, and starts another one.
func (a *agent) kill() {
	a.mu.Lock()
	defer a.mu.Unlock()
	_ = a.cmd.Process.Kill()
	<-a.ended
	a.start()
}

// check restarts an agent that ended by itself, which is a fault of the agent.
func (a *agent) check() {
	a.mu.Lock()
	defer a.mu.Unlock()
	select {
	case err := <-a.ended:
		a.t.Errorf("the agent ended by itself: %v: %s", err, tail(a.log()))
		a.start()
	default:
	}
}

// stop ends the process in order.
func (a *agent) stop() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	select {
	case err := <-a.ended:
		return err
	case <-time.After(time.Minute):
		_ = a.cmd.Process.Kill()
		<-a.ended
		return fmt.Errorf("the agent does not end within a minute of SIGTERM: %s", tail(a.log()))
	}
}

// running returns the process that runs, by its number from 1.
func (a *agent) running() (pid, start int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.cmd.Process.Pid, a.starts
}

// get returns what the page answers.
func (a *agent) get(path string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, a.page+path, nil)
	if err != nil {
		return nil, err
	}
	answer, err := a.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	return io.ReadAll(answer.Body)
}

// status returns what the agent reports; nil while it does not answer.
func (a *agent) status() *web.Status {
	data, err := a.get("/status")
	if err != nil {
		return nil
	}
	s := new(web.Status)
	if err := json.Unmarshal(data, s); err != nil {
		a.t.Errorf("/status: %v", err)
		return nil
	}
	return s
}

// tail returns the end of a file.
func tail(file string) string {
	data, err := os.ReadFile(file)
	if err != nil {
		return err.Error()
	}
	return string(data[max(0, len(data)-4000):])
}
