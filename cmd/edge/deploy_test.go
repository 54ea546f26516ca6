package main

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pristine/internal/need"
)

func TestTheJetsonConfigurationIsGood(t *testing.T) {
	t.Parallel()
	edge(t, exitClean, "check", "deploy/jetson/edge.yaml")
}

func TestTheAgentTellsSystemdHowItIs(t *testing.T) {
	path := filepath.Join(t.TempDir(), "notify")
	listening, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer listening.Close()
	t.Setenv("NOTIFY_SOCKET", path)
	t.Setenv("WATCHDOG_USEC", "1000000")
	t.Setenv("WATCHDOG_PID", "")
	heard := make(chan []string)
	go func() { // at once, as systemd does: a full socket would hold the agent up
		var told []string
		buffer := make([]byte, 4096)
		for len(told) == 0 || told[len(told)-1] != "STOPPING=1" {
			n, err := listening.Read(buffer)
			if err != nil {
				break
			}
			told = append(told, string(buffer[:n]))
		}
		heard <- told
	}()
	edge(t, exitClean, "run", "--config", configure(t, "testline://?fps=10", ""), "--for", "2s")
	if err := listening.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	told := <-heard
	if len(told) < 5 || told[0] != "STATUS=loading model models/pocket" || told[1] != "STATUS=inspecting on cpu" || told[2] != "READY=1" || told[3] != "WATCHDOG=1" {
		t.Errorf(`systemd was told %v; want len(told) >= 5, told[0] == "STATUS=loading model models/pocket", told[1] == "STATUS=inspecting on cpu", told[2] == "READY=1", told[3] == "WATCHDOG=1"`, told)
	}
}

// systemd-analyze reads the unit as systemd does; the program that it starts
// and the user it runs as are put where the unit looks for them.
func TestTheUnitPassesSystemdAnalyzeVerify(t *testing.T) {
	t.Parallel()
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		need.Missing(t, "%v", err)
	}
	data, err := os.ReadFile("deploy/jetson/edge.service")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	program := filepath.Join(dir, "edge")
	if err := os.WriteFile(program, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	verify := func(unit string) string {
		path := filepath.Join(dir, "edge.service")
		if err := os.WriteFile(path, []byte(strings.ReplaceAll(unit, "/usr/local/bin/edge", program)), 0o600); err != nil {
			t.Fatal(err)
		}
		// A warning, such as of an unknown key, does not change its exit code.
		out, _ := exec.Command(analyze, "verify", "--man=no", "--recursive-errors=no", path).CombinedOutput()
		return string(out)
	}
	if out := verify(string(data)); out != "" {
		t.Errorf("systemd-analyze verify says:\n%s", out)
	}
	if out := verify(strings.Replace(string(data), "WatchdogSec", "WatchDogSec", 1)); !strings.Contains(out, "WatchDogSec") {
		t.Errorf("a misspelt key passes: %q", out)
	}
}

func TestTheInstallScriptKeepsWhatIsTheUsers(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	from := filepath.Join(root, "from")
	for _, dir := range []string{"bin", "models/pocket", "configs/prompts", "deploy"} {
		if err := os.MkdirAll(filepath.Join(from, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.CopyFS(filepath.Join(from, "deploy", "jetson"), os.DirFS("deploy/jetson")); err != nil {
		t.Fatal(err)
	}
	write := func(path, text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	read := func(path string) string {
		data, err := os.ReadFile(filepath.Join(root, "to", path))
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	library := filepath.Join(from, "libonnxruntime.so")
	install := func(args ...string) (string, error) {
		c := exec.Command("bash", append([]string{filepath.Join(from, "deploy/jetson/install.sh")}, args...)...)
		c.Env = append(os.Environ(), "DESTDIR="+filepath.Join(root, "to"))
		out, err := c.CombinedOutput()
		return string(out), err
	}
	write(filepath.Join(from, "bin", "edge"), "first")
	if out, err := install(); err == nil || !strings.Contains(out, "--ort") {
		t.Errorf("without ONNX Runtime it says %q, %v", out, err)
	}
	write(library, "ort")
	write(filepath.Join(from, "libonnxruntime_providers_tensorrt.so"), "trt")
	if out, err := install("--ort", library); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if got := read("usr/local/lib/pristine/libonnxruntime_providers_tensorrt.so"); got != "trt" {
		t.Errorf("the provider is %q", got)
	}
	write(filepath.Join(root, "to", "etc/pristine/edge.yaml"), "the user's")
	write(filepath.Join(from, "bin", "edge"), "second")
	if out, err := install(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if read("etc/pristine/edge.yaml") != "the user's" {
		t.Error("an upgrade overwrote the configuration")
	}
	if read("usr/local/bin/edge") != "second" || read("usr/local/bin/edge.old") != "first" {
		t.Error("an upgrade did not keep the program before it")
	}
	if read("etc/systemd/system/edge.service") == "" {
		t.Error("the unit is not installed")
	}
}
