package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pristine/events/natsserver"

	"github.com/nats-io/nats-server/v2/server"
)

// Everything at once, in every file, and as JSON the same.
func TestCheck_OpensWhatAConfigurationNames(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) string {
		t.Helper()
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	bad := write("bad.yaml", "events: {listen: ''}\nmodel: {bundle: gone}\ncameras:\n  - {name: a, source: \"10.0.0.12:554/stream1\", prompts: gone.yaml}\n")
	empty := write("empty.yaml", "")
	broken := write("broken.yaml", "events: {max_bytes: 0,5}\nsite: x\n")
	const set = "configs/prompts/flange.yaml"
	out, errs := edge(t, exitUsage, "check", bad, empty, broken, set)
	for _, want := range []string{
		bad + ":2: model.bundle: open bundle: open " + filepath.Join(dir, "gone", "bundle.yaml"),
		bad + ":4: cameras[0].prompts: " + filepath.Join(dir, "gone.yaml") + " is not there",
		bad + ":4: cameras[0].source: 10.0.0.12:554/stream1 is taken for a file: write the scheme of the camera, such as rtsp://10.0.0.12:554/stream1",
		broken + ":1: events: a decimal comma before 5: write a point, such as 0.5", broken + ":2: site: unknown key",
	} {
		if !strings.Contains(errs, want) {
			t.Errorf("got %s, want %s", errs, want)
		}
	}
	for _, want := range []string{empty + ":1: warning: nothing is written in it", set + ": good\n", set + ": armed"} {
		if !strings.Contains(out, want) {
			t.Errorf("got %s, want %s", out, want)
		}
	}
	out, _ = edge(t, exitUsage, "check", "--format", "json", bad, empty, broken, set)
	var all []struct {
		File, Kind string
		Good       bool
		Findings   []struct {
			Line                int
			Key, Level, Message string
		}
	}
	if err := json.Unmarshal([]byte(out), &all); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for i, want := range []struct {
		kind     string
		good     bool
		findings int
	}{{"configuration", false, 3}, {"configuration", true, 1}, {"configuration", false, 2}, {"prompt set", true, 0}} {
		if got := all[i]; got.Kind != want.kind || got.Good != want.good || len(got.Findings) < want.findings {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
}

func TestCheck_DeepReachesCamerasAndHub(t *testing.T) {
	t.Parallel()
	picture, err := os.ReadFile("models/pocket/golden/picture-0.png")
	if err != nil {
		t.Fatal(err)
	}
	camera := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/shot.png" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "image/png")
		_, _ = w.Write(picture)
	}))
	defer camera.Close()
	hub := func(jetStream bool) string {
		s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, StoreDir: t.TempDir(), JetStream: jetStream, NoLog: true, NoSigs: true})
		if err != nil {
			t.Fatal(err)
		}
		go s.Start()
		if !s.ReadyForConnections(30 * time.Second) {
			t.Fatal("the hub does not start")
		}
		t.Cleanup(func() { natsserver.Stop(s) })
		return s.ClientURL()
	}
	good := setHub(t, configure(t, camera.URL+"/shot.png", ""), hub(true))
	if out, _ := edge(t, exitClean, "check", "--deep", good); !strings.Contains(out, ": good") {
		t.Errorf("got %s", out)
	}
	bad := setHub(t, configure(t, camera.URL+"/sot.png", ""), hub(false))
	_, errs := edge(t, exitUsage, "check", "--deep", bad)
	for _, want := range []string{"cameras[0].source: open camera " + camera.URL + "/sot.png: ", "events.hub.url: ask the hub for JetStream: ", "enable jetstream"} {
		if !strings.Contains(errs, want) {
			t.Errorf("got %s, want %s", errs, want)
		}
	}
	gone := setHub(t, configure(t, "rtsp://u:hunter2@127.0.0.1:1/x", ""), "nats://127.0.0.1:1")
	_, errs = edge(t, exitUsage, "check", "--deep", gone)
	if !strings.Contains(errs, "cameras[0].source: open camera rtsp://***@127.0.0.1:1/x: ") || !strings.Contains(errs, "events.hub.url: connect to NATS at nats://127.0.0.1:1: ") || strings.Contains(errs, "hunter2") {
		t.Errorf("got %s, want the camera and the hub without a password", errs)
	}
	if _, errs := edge(t, exitClean, "check", gone); errs != "" {
		t.Errorf("without --deep: got %s, want nothing reached", errs)
	}
}
