package main

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

var pageAt = regexp.MustCompile(`page: +open (http\S+)`)

// A run serves its status while it inspects; a flagged result's picture is a
// JPEG.
func TestARunShowsItselfOnItsPage(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	config := filepath.Join(dir, "edge.yaml")
	text := "events: {dir: " + dir + "/events, listen: ''}\nhttp: {listen: '127.0.0.1:0'}\ncameras:\n  - name: cam\n    source: testline://?fps=0&defect_rate=1\n    hold_off: 0s\n    health: {min_width: 4000}\n"
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	page, stop := agentOn(t, config)
	defer stop()
	until(t, "a flagged result", &buffer{}, func() bool { return len(statusOf(t, page).Flagged) > 0 })
	// Frames of the wrong size are INVALID, and the agent says that it is ill.
	if s := statusOf(t, page); s.Flagged[0].Verdict != "INVALID" || s.Flagged[0].Reason != "wrong_size" || s.Cameras[0].Phase != "streaming" {
		t.Errorf(`%+v; want s.Flagged[0].Verdict == "INVALID", s.Flagged[0].Reason == "wrong_size", s.Cameras[0].Phase == "streaming"`, s)
	}
	if code, body := fetch(t, page+"healthz"); code != http.StatusServiceUnavailable {
		t.Errorf("healthz gives %d: %s", code, body)
	}
	fetch(t, page+"status?watch") // as the page does: nobody else has pictures encoded
	until(t, "a picture for the page", &buffer{}, func() bool { code, _ := fetch(t, page+"pictures/cam"); return code == http.StatusOK })
	if code, jpeg := fetch(t, page+"pictures/cam"); code != http.StatusOK || len(jpeg) < 1000 || jpeg[0] != 0xff || jpeg[1] != 0xd8 {
		t.Errorf("the newest picture gives %d and %d bytes; want code == http.StatusOK, len(jpeg) >= 1000, jpeg[0] == 0xff, jpeg[1] == 0xd8", code, len(jpeg))
	}
}
