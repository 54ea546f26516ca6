package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-systemd/v22/unit"

	"pristine/capture/opencv"
	"pristine/internal/need"
)

// sandbox makes all file systems read-only but the folders that are named, as
// ProtectSystem=strict and ReadWritePaths do, and then runs a command.
const sandbox = `set -e
mount --make-rprivate /
on=$(stat -c %m "$1")
probe=$1
shift
while [ "$1" != -- ]; do
  mount --bind "$1" "$1"
  shift
done
shift
mount -o remount,bind,ro "$on" || exit 77
if touch "$probe" 2>/dev/null; then exit 77; fi
exec "$@"`

// A part's folder becomes a service by one command: what the unit starts inspects a
// watched folder with no more rights to write than the unit has.
func TestService_UnitStartsAnAgentThatMayWriteWhatItMust(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		need.Missing(t, "root, to mount")
	}
	dir := t.TempDir()
	part := filepath.Join(dir, "bolt")
	dark, err := opencv.EncodeJPEG(bytes.Repeat([]byte{1}, 3*320*240), 320, 240, 90)
	if err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(part, "edge.yaml")
	text := "cameras: [{name: c, source: 'watch://in', watch: {then: move}}]\nevents: {listen: ''}\n"
	if err := errors.Join(os.MkdirAll(filepath.Join(part, "in"), 0o750), os.WriteFile(config, []byte(text), 0o600), os.WriteFile(filepath.Join(part, "in", "1.jpg"), dark, 0o600)); err != nil {
		t.Fatal(err)
	}
	out, _ := edge(t, 0, "service", "install", "--config", config, "--user", "root", "--dry-run", "--root", t.TempDir())
	options, err := unit.DeserializeOptions(strings.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]string{}
	for _, o := range options {
		values[o.Name] = o.Value
	}
	// A working tree where an agent ran has a folder of engines, too.
	if writable := strings.Fields(values["ReadWritePaths"]); values["ProtectSystem"] != "strict" || !slices.Contains(writable, part) {
		t.Fatalf("the unit is\n%s", out)
	}
	args := append([]string{"--mount", "bash", "-c", sandbox, "sandbox", dir}, strings.Fields(values["ReadWritePaths"])...)
	args = append(append(args, "--"), strings.Fields(values["ExecStart"])...)
	var log buffer
	c := exec.Command("unshare", args...)
	c.Dir, c.Stdout, c.Stderr = values["WorkingDirectory"], &log, &log
	c.Env = append(os.Environ(), asEdge+"=1", strings.Trim(values["Environment"], `"`))
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Process.Kill() })
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	for deadline := time.Now().Add(90 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if _, err := os.Stat(filepath.Join(part, "in", "review", "1.jpg")); err == nil {
			break
		}
		select {
		case err := <-ended:
			t.Fatalf("it ended: %v: %s", err, log.String())
		default:
		}
		if time.Now().After(deadline) {
			t.Fatalf("it inspects nothing: %s", log.String())
		}
	}
	if err := c.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil || strings.Contains(log.String(), "read-only file system") {
		t.Errorf("%v: %s", err, log.String())
	}
}

// In a root that is prepared for another machine a service comes and goes.
func TestService_InstallsAndUninstalls(t *testing.T) {
	t.Parallel()
	config := configure(t, "testline://", "")
	root := t.TempDir()
	if out, _ := edge(t, 0, "service", "install", "--config", config, "--user", "root", "--root", root); !strings.Contains(out, "etc/systemd/system/edge.service: runs as root") {
		t.Errorf("install says %s", out)
	}
	if out, _ := edge(t, 0, "service", "uninstall", "--root", root); !strings.Contains(out, "removed ") {
		t.Errorf("uninstall says %s", out)
	}
	if _, out := edge(t, 2, "service", "uninstall", "--root", root); !strings.Contains(out, "no such service is installed") {
		t.Errorf("a second uninstall says %s", out)
	}
}
