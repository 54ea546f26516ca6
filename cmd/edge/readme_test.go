package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"pristine/capture/opencv"
	"pristine/events/control"
	"pristine/internal/need"
)

// answers to the README's commands for subscribers, by a word of each command.
var answers = map[string]string{
	"nats sub": "com.pristine.qc.", "micro ls": "qc-agent", ".status": `"heartbeat"`, ".inspect now": `"verdict":"`, ".inspect <part.jpg": `"verdict":"`, ".eval": `"auroc":`,
	"subscriber.py": "/demo/line-1/station-1 com.pristine.qc.", "edge watch": "INVALID", "edge fleet  ": "demo.line-1.station-1", "fleet push": "armed",
}

// The README's section for subscribers works word for word: each command runs
// in a shell, beside the demo, in a network of its own where the demo's port is
// free. Only pip's line does not run: scripts/setup.sh did.
func TestTheREADMEsCommandsForSubscribersWorkWordForWord(t *testing.T) {
	commands := commandsOf(t, "## Subscribers and a fleet")
	dir := workplace(t)
	isolate(t)
	command := func(ctx context.Context, line string) (*exec.Cmd, *buffer) {
		var out buffer
		c := exec.CommandContext(ctx, "bash", "-c", line)
		c.Dir, c.Stdout, c.Stderr = dir, &out, &out
		c.Env = append(os.Environ(), asEdge+"=1", "HOME="+dir, "PYTHONPATH="+filepath.Join(dir, ".deps/python"), "PYTHONDONTWRITEBYTECODE=1")
		c.SysProcAttr = &unix.SysProcAttr{Setpgid: true}
		c.Cancel = func() error { return unix.Kill(-c.Process.Pid, unix.SIGKILL) }
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		return c, &out
	}
	ctx, stop := context.WithCancel(context.Background())
	demo, said := command(ctx, "exec bin/edge run --config configs/demo.yaml")
	defer func() { stop(); _ = demo.Wait() }()
	until(t, "the demo", said, func() bool { return listening.MatchString(said.String()) })
	for _, line := range commands {
		want := ""
		for word, answer := range answers {
			if strings.Contains(line, word) {
				want = answer
			}
		}
		if want == "" {
			t.Errorf("the test does not know what %q answers", line)
			continue
		}
		ctx, stop := context.WithCancel(ctx)
		until(t, line, said, func() bool { // a service may not be there yet
			c, out := command(ctx, line)
			ended := make(chan struct{})
			go func() { _ = c.Wait(); close(ended) }()
			defer func() { _ = c.Cancel(); <-ended }()
			for deadline := time.After(60 * time.Second); ; {
				if strings.Contains(out.String(), want) {
					return true
				}
				select {
				case <-ended:
					if strings.Contains(out.String(), want) {
						return true
					}
					t.Logf("%s: %s", line, out.String())
					return false
				case <-deadline:
					t.Fatalf("%s: %s", line, out.String())
				case <-time.After(10 * time.Millisecond):
				}
			}
		})
		stop()
	}
}

// commandsOf gives the commands of a section of the README.
func commandsOf(t *testing.T, section string) (commands []string) {
	t.Helper()
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, after, found := strings.Cut(string(text), section+"\n")
	after, _, ended := strings.Cut(after, "\n## ")
	if !found || !ended {
		t.Fatalf("the README has no section %q", section)
	}
	for line := range strings.Lines(strings.ReplaceAll(after, "\\\n", "")) {
		if command, is := strings.CutPrefix(line, "    "); is && !strings.HasPrefix(command, "pip ") {
			commands = append(commands, strings.TrimSuffix(command, "\n"))
		}
	}
	if len(commands) < 9 {
		t.Fatalf("only %d commands: %q", len(commands), commands)
	}
	return commands
}

// workplace is a folder where the commands find what they name.
func workplace(t *testing.T) string {
	t.Helper()
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "bin"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, target := range map[string]string{"configs": here + "/configs", "models": here + "/models", "events": here + "/events", ".deps": here + "/.deps", "bin/edge": os.Args[0], "set.yaml": here + "/configs/prompts/flange.yaml"} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	dark, err := opencv.EncodeJPEG(bytes.Repeat([]byte{1}, 3*640*480), 640, 480, 90)
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "part.jpg"), dark, 0o600)
	}
	if err == nil {
		var labelled []byte
		if labelled, err = json.Marshal(control.Evaluation{Pictures: []control.EvalPicture{{Label: "good", JPEG: dark}, {Label: "bad", JPEG: dark}}}); err == nil {
			err = os.WriteFile(filepath.Join(dir, "labelled.json"), labelled, 0o600)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// isolate gives the processes that this test starts a network of their own. Its
// thread is never used for anything else.
func isolate(t *testing.T) {
	t.Helper()
	runtime.LockOSThread()
	err := unix.Unshare(unix.CLONE_NEWNET)
	if errors.Is(err, unix.EPERM) {
		need.Missing(t, "only root can make a network: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	socket, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = unix.Close(socket) }()
	loopback, err := unix.NewIfreq("lo")
	if err != nil {
		t.Fatal(err)
	}
	loopback.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
	if err := unix.IoctlIfreq(socket, unix.SIOCSIFFLAGS, loopback); err != nil {
		t.Fatal(err)
	}
}
