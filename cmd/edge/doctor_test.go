package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"pristine/events"
	"pristine/events/testhub"
	"pristine/internal/doctor"
)

// port returns a port that is free.
func port(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// The agent's ports and lock are no faults, and its problems are said; without the
// agent the same station is examined, and nothing is changed.
func TestDoctor_WithAndWithoutAnAgent(t *testing.T) {
	t.Parallel()
	config := configure(t, "testline://", fmt.Sprintf("    prompts: configs/prompts/flange.yaml\nhttp: {listen: '%s'}\n", port(t)))
	setListen(t, config, port(t))
	text, _ := edge(t, exitClean, "doctor", "--config", config)
	if !strings.Contains(text, "no agent uses") || !strings.Contains(text, "station plant/line-1/test") {
		t.Errorf("without an agent: got\n%s", text)
	}
	if _, err := os.Stat(filepath.Join(filepath.Dir(config), "events")); err == nil {
		t.Error("doctor made the folder of events")
	}
	page, stop := agentOn(t, config)
	defer stop()
	until(t, "a scored frame", &buffer{}, func() bool { s := statusOf(t, page); return len(s.Cameras) > 0 && s.Cameras[0].Scored > 0 })
	out, _ := edge(t, exitClean, "doctor", "--format", "json", "--config", config)
	var r doctor.Report
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if !r.Good || r.Agent != os.Getpid() || len(r.Findings) < 8 {
		t.Errorf("beside the agent: got %+v, want it named, and no errors", r)
	}
	for _, f := range r.Findings {
		if strings.HasPrefix(string(f.Code), "port_") {
			t.Errorf("got %+v, want the agent's own ports to be no fault", f)
		}
	}
}

// Errors end with exit code 1, and are named on standard error.
func TestDoctor_Errors(t *testing.T) {
	t.Parallel()
	config := configure(t, "night.mp4", "model: {bundle: gone}\n")
	out, errs := edge(t, exitFailed, "doctor", "--config", config)
	for _, want := range []string{"[camera_file_missing]", "[bundle_unusable]", "Try: "} {
		if !strings.Contains(out, want) {
			t.Errorf("got\n%s\nwant %q", out, want)
		}
	}
	if !strings.Contains(errs, "camera_file_missing") {
		t.Errorf("got %s, want the codes of the errors", errs)
	}
}

// setListen gives the events of a configuration a fixed port.
func setListen(t *testing.T, config, address string) {
	t.Helper()
	data, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(config, []byte(strings.Replace(string(data), "listen: '127.0.0.1:0'", "listen: '"+address+"'", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
}

// The archive has what a running agent says of itself, and no password.
func TestSupportBundle_OfARunningAgent(t *testing.T) {
	t.Parallel()
	config := configure(t, "testline://", fmt.Sprintf("    prompts: configs/prompts/flange.yaml\n  - {name: gone, source: 'rtsp://admin:hunter2-cam@127.0.0.1:1/x', prompts: configs/prompts/flange.yaml}\nhttp: {listen: '%s'}\n", port(t)))
	setListen(t, config, port(t))
	page, stop := agentOn(t, config)
	defer stop()
	until(t, "the camera that is off", &buffer{}, func() bool { s := statusOf(t, page); return len(s.Cameras) > 1 && s.Cameras[1].Failures > 0 })
	dir := t.TempDir()
	archive := filepath.Join(dir, "help.tar.gz")
	out, _ := edge(t, exitClean, "support-bundle", "--config", config, "-o", archive)
	if !strings.Contains(out, "agent/status.json") || !strings.Contains(out, archive+": ") {
		t.Errorf("got\n%s\nwant what it holds and its size", out)
	}
	if info, err := os.Stat(archive); err != nil || info.Mode().Perm() != fs.FileMode(0o600) {
		t.Errorf("got %v, %v; want a file for its owner only", info.Mode(), err)
	}
	if out, err := exec.Command("tar", "-xzf", archive, "-C", dir).CombinedOutput(); err != nil {
		t.Fatalf("tar: %v: %s", err, out)
	}
	for name, want := range map[string]string{
		"agent/status.json": `"gone"`, "agent/metrics.txt": "pristine_problem", "agent/healthz.txt": "camera_waiting", "events.jsonl": `"started"`,
		"doctor.json": `"agent_problem"`, "config/edge.yaml": "127.0.0.1:1/x", "versions.txt": "ONNX Runtime", "files.txt": "jetstream",
	} {
		data, err := os.ReadFile(filepath.Join(dir, "pristine-support", name))
		if err != nil || !strings.Contains(string(data), want) {
			t.Errorf("%s: got %.300s, %v; want %q in it", name, data, err, want)
		}
	}
	if grep, err := exec.Command("grep", "-r", "hunter2", filepath.Join(dir, "pristine-support")).CombinedOutput(); err == nil {
		t.Errorf("the password stands in %s", grep)
	}
}

// A station's user of deploy/nats/hub.conf may not ask for the account's JetStream:
// its hub is good all the same.
func TestCheck_DeepWithAStationsPermissions(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	text := `listen: "127.0.0.1:-1"
jetstream {store_dir: "` + dir + `"}
authorization {users: [{user: admin, password: admin}, {user: edge, password: edge, permissions: {
  publish: ["qc.plant.line-1.test.*", "$JS.API.STREAM.INFO.QC", "$JS.API.STREAM.INFO.OBJ_qc-evidence", "$O.qc-evidence.>"]
  subscribe: ["_INBOX.plant.line-1.test.>", "qc.svc.plant.line-1.test.*"]
}}]}
`
	user := filepath.Join(dir, "edge")
	if err := os.WriteFile(user, []byte("edge"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := testhub.Start(t, text)
	conn, err := nats.Connect(s.ClientURL(), nats.UserInfo("admin", "admin"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	js, err := jetstream.New(conn)
	if err != nil {
		t.Fatal(err)
	}
	for name, subjects := range map[string][]string{events.StreamName: events.Subjects(), events.EvidenceStream: {"$O.qc-evidence.>"}} {
		if _, err := js.CreateStream(t.Context(), jetstream.StreamConfig{Name: name, Subjects: subjects}); err != nil {
			t.Fatal(err)
		}
	}
	config := setHub(t, configure(t, "testline://", ""), s.ClientURL()+"', user_file: '"+user+"', password_file: '"+user)
	if out, _ := edge(t, exitClean, "check", "--deep", config); !strings.Contains(out, ": good") {
		t.Errorf("got %s", out)
	}
}
