package doctor

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"pristine/internal/config"
	"pristine/internal/dirlock"
)

// running is the agent that has the lock of events.dir.
type running struct {
	runs bool
	pid  int // 0 where it is not known, as from within another container
	uid  int // -1 where it is not known
}

// findAgent finds the agent by the lock of events.dir. It does not take the lock, so
// that an agent can start at the same time.
func (e *examination) findAgent(ctx context.Context) {
	e.agent.uid = -1
	if e.config == nil {
		return
	}
	dir := e.config.Events.Dir
	e.agent.pid, e.agent.runs = e.lockHolder(filepath.Join(dir, dirlock.File))
	if !e.agent.runs {
		e.add("agent_stopped", "no agent uses %s", dir)
		return
	}
	if e.agent.pid == 0 {
		e.add("agent_running", "an agent uses %s; its process cannot be seen from here", dir)
	} else {
		e.report.Agent = e.agent.pid
		if info, err := os.Stat(e.path(fmt.Sprintf("proc/%d", e.agent.pid))); err == nil {
			e.agent.uid = int(info.Sys().(*syscall.Stat_t).Uid)
		}
		if other := e.configOf(e.agent.pid); other != "" && e.Config != "" && !sameFile(other, e.Config) {
			e.add("agent_other_config", "process %d has the configuration %s and uses %s, too", e.agent.pid, other, dir)
			return
		}
		e.add("agent_running", "the agent runs as process %d", e.agent.pid)
	}
	e.ask(ctx)
}

// twins reports further processes with this configuration, such as one that keeps
// waiting for the lock.
func (e *examination) twins() {
	if e.Config == "" {
		return
	}
	var pids []string
	for _, dir := range e.glob("proc/[0-9]*") {
		pid, err := strconv.Atoi(filepath.Base(dir))
		if other := e.configOf(pid); err == nil && pid != os.Getpid() && other != "" && sameFile(other, e.Config) {
			pids = append(pids, strconv.Itoa(pid))
		}
	}
	if len(pids) > 1 {
		e.add("agent_twice", "processes %s run with this configuration", strings.Join(pids, ", "))
	}
}

// lockHolder returns who has a lock, by /proc/locks.
func (e *examination) lockHolder(file string) (pid int, held bool) {
	info, err := os.Stat(file)
	if err != nil {
		return 0, false
	}
	inode := strconv.FormatUint(info.Sys().(*syscall.Stat_t).Ino, 10)
	text, _ := os.ReadFile(file)
	signed, _ := strconv.Atoi(strings.TrimSpace(string(text)))
	for line := range strings.Lines(e.read("proc/locks")) {
		// 3: FLOCK  ADVISORY  WRITE 30941 fe:00:10242057 0 EOF
		f := strings.Fields(line)
		if len(f) < 6 || f[1] != "FLOCK" || f[3] != "WRITE" || f[5][strings.LastIndex(f[5], ":")+1:] != inode {
			continue
		}
		// The same number on another disk has another owner; one of another
		// container is shown as 0.
		if pid, _ := strconv.Atoi(f[4]); pid == signed {
			return pid, true
		} else if pid <= 0 {
			return 0, true
		}
	}
	return 0, false
}

// configOf returns the configuration of a process that is an agent; "" of others.
func (e *examination) configOf(pid int) string {
	args := strings.Split(e.read(fmt.Sprintf("proc/%d/cmdline", pid)), "\x00")
	if len(args) < 2 || args[1] != "run" {
		return ""
	}
	for i, arg := range args {
		value, found := strings.CutPrefix(arg, "--config=")
		if arg == "--config" && i+1 < len(args) {
			value, found = args[i+1], true
		}
		if !found {
			continue
		}
		if !filepath.IsAbs(value) {
			cwd, _ := os.Readlink(e.path(fmt.Sprintf("proc/%d/cwd", pid)))
			value = filepath.Join(cwd, value)
		}
		return value
	}
	return ""
}

func sameFile(a, b string) bool {
	first, err := os.Stat(a)
	second, err2 := os.Stat(b)
	return err == nil && err2 == nil && os.SameFile(first, second)
}

// askLimit is how long the agent has to answer.
const askLimit = 3 * time.Second

// ask asks the running agent what is wrong.
func (e *examination) ask(ctx context.Context) {
	address := LocalURL(e.config.HTTP.Listen, e.config.HTTP.CertFile != "")
	if address == "" {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, askLimit)
	defer cancel()
	code, body, err := Get(ctx, address+"/healthz")
	switch {
	case err != nil:
		e.add("agent_silent", "the agent does not answer at %s: %v", address, err)
	case code != http.StatusOK:
		for line := range strings.Lines(string(body)) {
			if line = strings.TrimSpace(line); line != "" {
				e.add("agent_problem", "%s", line)
			}
		}
	}
}

// LocalURL returns the URL at which an agent of this machine answers that listens on an
// address; "" where it has no fixed port.
func LocalURL(listen config.Listen, encrypted bool) string {
	if !listen.On() || listen.Port == "0" {
		return ""
	}
	host := listen.Host
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	scheme := "http"
	if encrypted {
		scheme = "https"
	}
	return scheme + "://" + net.JoinHostPort(host, listen.Port)
}

// Get asks an agent of this machine. Its certificate may be for another name.
func Get(ctx context.Context, address string) (code int, body []byte, err error) {
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}} //nolint:gosec // nothing secret is sent, and the answer is shown to who asks
	defer transport.CloseIdleConnections()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, nil, err
	}
	answer, err := (&http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = answer.Body.Close() }()
	body, err = io.ReadAll(io.LimitReader(answer.Body, 32<<20))
	return answer.StatusCode, body, err
}

// listener returns the process that listens on a port: 0 where it cannot be seen.
func (e *examination) listener(port int) (pid int, name string) {
	var sockets []string
	for _, table := range []string{"proc/net/tcp", "proc/net/tcp6"} {
		for line := range strings.Lines(e.read(table)) {
			// 0: 0100007F:1F90 00000000:0000 0A … uid timeout inode
			f := strings.Fields(line)
			if len(f) > 9 && f[3] == "0A" && strings.HasSuffix(f[1], fmt.Sprintf(":%04X", port)) {
				sockets = append(sockets, "socket:["+f[9]+"]")
			}
		}
	}
	if len(sockets) == 0 {
		return 0, ""
	}
	for _, fd := range e.glob("proc/[0-9]*/fd/*") {
		if to, err := os.Readlink(e.path(fd)); err == nil && slices.Contains(sockets, to) {
			pid, _ := strconv.Atoi(strings.Split(fd, "/")[2])
			return pid, strings.TrimSpace(e.read(fmt.Sprintf("proc/%d/comm", pid)))
		}
	}
	return 0, ""
}
