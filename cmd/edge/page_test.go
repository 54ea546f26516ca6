package main

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"pristine/web"
)

var pageAt = regexp.MustCompile(`page: (http://\S+)`)

// A run serves its status while it inspects; a flagged result's picture is a
// JPEG.
func TestARunShowsItselfOnItsPage(t *testing.T) {
	defer http.DefaultClient.CloseIdleConnections()
	dir := t.TempDir()
	config := filepath.Join(dir, "edge.yaml")
	text := "events: {dir: " + dir + "/events, listen: ''}\nhttp: {listen: '127.0.0.1:0'}\ncameras:\n  - name: cam\n    source: testline://?fps=0&defect_rate=1\n    hold_off: 0s\n    health: {min_width: 4000}\n"
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var out, errs buffer
	code := make(chan int, 1)
	go func() { code <- run(ctx, []string{"run", "--config", config}, &out, &errs) }()
	get := func(path string) (int, []byte) {
		answer, err := http.Get(pageAt.FindStringSubmatch(out.String())[1] + path)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return answer.StatusCode, body
	}
	var s web.Status
	for deadline := time.Now().Add(60 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("no flagged result is shown: %+v\n%s%s", s, out.String(), errs.String())
		}
		if !pageAt.MatchString(out.String()) {
			continue
		}
		_, body := get("status")
		if err := json.Unmarshal(body, &s); err != nil {
			t.Fatal(err)
		}
		if len(s.Flagged) > 0 {
			break
		}
	}
	// Frames of the wrong size are INVALID, and the agent says that it is ill.
	if s.Flagged[0].Verdict != "INVALID" || s.Flagged[0].Reason != "wrong_size" || s.Cameras[0].Phase != "streaming" {
		t.Errorf("%+v", s)
	}
	if status, body := get("healthz"); status != http.StatusServiceUnavailable {
		t.Errorf("healthz gives %d: %s", status, body)
	}
	if status, jpeg := get("pictures/cam"); status != http.StatusOK || len(jpeg) < 1000 || jpeg[0] != 0xff || jpeg[1] != 0xd8 {
		t.Errorf("the newest picture gives %d and %d bytes", status, len(jpeg))
	}
	cancel()
	if c := <-code; c != 0 {
		t.Errorf("exit code %d: %s", c, errs.String())
	}
}
