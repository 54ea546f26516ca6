package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"pristine/internal/pages"
)

// answers are what commands beside the demo print, by a word of each command.
var answers = map[string]string{
	"nats sub": "com.pristine.qc.", "micro ls": "qc-agent", ".status": `"heartbeat"`, ".inspect now": `"verdict":"`, ".inspect <part.jpg": `"verdict":"`, ".eval": `"auroc":`,
	"subscriber.py": "/demo/line-1/station-1 com.pristine.qc.", "edge watch": "INVALID", "fleet list": "demo.line-1.station-1", "fleet push": "armed", "fleet rollback": "armed",
	"--out shift.html": "report: shift.html", "--format csv": "time,event,camera", "--lot ": "report: lot.html", "audit list": "OBJECT", "audit verify": "none tampered with",
}

// The commands that pages give for use beside the demo work word for word: each
// runs in a shell, in a network of its own where the demo's port is free.
func TestDocs_CommandsBesideTheDemo(t *testing.T) {
	t.Parallel()
	var commands []string
	for _, page := range docs(t) {
		for _, block := range blocks(t, page, func(b pages.Block) bool { return b.Demo }) {
			commands = append(commands, strings.Split(strings.TrimSpace(block.Text), "\n")...)
		}
	}
	if len(commands) < 10 {
		t.Fatalf("only %d commands: %q", len(commands), commands)
	}
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
