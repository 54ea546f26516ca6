package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/creack/pty"
	"github.com/mattn/go-runewidth"
)

var escapes = regexp.MustCompile(`\x1b\[[0-9;]*[A-Za-z]`)

// On a terminal of 80 columns no line wraps: what wraps cannot be wiped, and
// would fill the screen.
func TestRun_FitsATerminalOf80Columns(t *testing.T) {
	t.Parallel()
	terminal, program, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	if err := pty.Setsize(terminal, &pty.Winsize{Rows: 24, Cols: 80}); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	config := filepath.Join(dir, "edge.yaml")
	text := "station: {site: a-plant-with-a-long-name, line: a-line-with-a-long-name, name: a-station-with-a-name}\n" +
		"events: {dir: " + dir + "/events, listen: '127.0.0.1:0'}\ncameras:\n  - name: cam\n    source: testline://?fps=0&speed=110&parts=24&defect_rate=0.5&good_first=8\n    policy: every\n    learn_parts: 8\n    parts_only: true\n    prompts: " + quickSet(t, "flange") + "\n"
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var shown bytes.Buffer
	copied := make(chan struct{})
	go func() {
		defer close(copied)
		_, _ = io.Copy(&shown, terminal) // ends with EIO when the program's side is closed
	}()
	if code := run(context.Background(), []string{"run", "--config", config}, program, program); code != 0 {
		t.Errorf("exit code %d", code)
	}
	if err := program.Close(); err != nil {
		t.Fatal(err)
	}
	<-copied
	_ = terminal.Close()
	text = shown.String()
	for line := range strings.SplitSeq(text, "\n") {
		line = escapes.ReplaceAllString(strings.TrimRight(line, "\r"), "")
		if runewidth.StringWidth(line) > 80 && !strings.HasPrefix(line, "events: ") && !strings.HasPrefix(line, "time=") { // addresses and the log are not cut
			t.Errorf("wider than the terminal: %q", line)
		}
	}
	if n := strings.Count(text, "health limits learned"); n != 1 {
		t.Errorf("%d lines of the log tell of one camera's limits", n)
	}
	for _, want := range []string{"learning good parts: 8 of 8", "\x1b[2K", "frames/s", "ground truth: ", "flagged events: "} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not shown in\n%s", want, text)
		}
	}
}
