package journal

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var at = time.Date(2026, 11, 28, 12, 0, 0, 0, time.Local)

// entryOf returns a message as journalctl --output json writes it.
func entryOf(t *testing.T, message any) string {
	t.Helper()
	data, err := json.Marshal(map[string]any{"MESSAGE": message, "__REALTIME_TIMESTAMP": fmt.Sprint(at.UnixMicro()), "_PID": "12"})
	if err != nil {
		t.Fatal(err)
	}
	return string(data) + "\n"
}

// logged returns a line as the agent's own logger writes it.
func logged(t *testing.T, handler func(io.Writer) slog.Handler, level slog.Level, message string, args ...any) string {
	t.Helper()
	var out bytes.Buffer
	slog.New(handler(&out)).Log(t.Context(), level, message, args...)
	return entryOf(t, strings.TrimSuffix(out.String(), "\n"))
}

func asText(w io.Writer) slog.Handler {
	return slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.LevelDebug - 4})
}
func asJSON(w io.Writer) slog.Handler { return slog.NewJSONHandler(w, nil) }

// Lines of both formats look alike, and others are printed as they are.
func TestShow_Lines(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"text":          {logged(t, asText, slog.LevelWarn, "the hub takes no events", "code", "dns", "err", "no such \"host\" here"), `WARN  the hub takes no events  code=dns err="no such \"host\" here"`},
		"JSON":          {logged(t, asJSON, slog.LevelWarn, "the hub takes no events", "code", "dns", "err", "no such \"host\" here"), `WARN  the hub takes no events  code=dns err="no such \"host\" here"`},
		"numbers":       {logged(t, asJSON, slog.LevelInfo, "opened", "count", 3, "empty", ""), `INFO  opened  count=3 empty=""`},
		"systemd":       {entryOf(t, "Started edge.service - Pristine edge inspection agent."), "11-28 12:00:00       Started edge.service - Pristine edge inspection agent."},
		"no pairs":      {entryOf(t, "a=1 and more"), "11-28 12:00:00       a=1 and more"},
		"bytes":         {entryOf(t, []int{'a', 27, '[', 'b'}), "11-28 12:00:00       a[b"},
		"a password":    {logged(t, asText, slog.LevelError, "open rtsp://u:hunter2@cam/1"), "ERROR open rtsp://***@cam/1"},
		"no level":      {entryOf(t, "level=x msg=y"), "level=x msg=y"},
		"no message":    {"{}\nnonsense\n", ""},
		"below a level": {logged(t, asText, slog.LevelDebug-4, "much"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			if _, err := show(&out, strings.NewReader(c.in), slog.LevelDebug); err != nil {
				t.Fatal(err)
			}
			if got := strings.TrimSuffix(out.String(), "\n"); !strings.HasSuffix(got, c.want) || c.want == "" && got != "" {
				t.Errorf("got %q, want %q at its end", got, c.want)
			}
		})
	}
}

// journalctl stands in for the program of this machine: there is no journal in a test.
func journalctl(t *testing.T, script string) (args func() string) {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "journalctl")
	if err := os.WriteFile(file, []byte("#!/bin/sh\necho \"$@\" >"+dir+"/args\n"+script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	return func() string {
		data, err := os.ReadFile(filepath.Join(dir, "args"))
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
}

func TestShow_AsksJournalctl(t *testing.T) {
	args := journalctl(t, "cat <<'END'\n"+logged(t, asText, slog.LevelInfo, "quiet")+logged(t, asText, slog.LevelError, "loud")+"END\n")
	var out strings.Builder
	if err := Show(t.Context(), &out, Options{Unit: "edge", Since: time.Hour, Level: slog.LevelWarn}); err != nil {
		t.Fatal(err)
	}
	if text := out.String(); !strings.Contains(text, "ERROR loud") || strings.Contains(text, "quiet") {
		t.Errorf("got %q, want errors only", text)
	}
	if got := args(); !strings.Contains(got, "--unit edge --output json --all") || !strings.Contains(got, "--since 20") || strings.Contains(got, "--follow") {
		t.Errorf(`journalctl was called with %s; want strings.Contains(got, "--unit edge --output json --all"), strings.Contains(got, "--since 20"), not strings.Contains(got, "--follow")`, got)
	}
}

func TestShow_Errors(t *testing.T) {
	journalctl(t, "")
	if err := Show(t.Context(), io.Discard, Options{Unit: "edge"}); !errors.Is(err, ErrNothing) {
		t.Errorf("an empty journal: got %v", err)
	}
	journalctl(t, "echo 'no such unit' >&2; exit 1\n")
	if err := Show(t.Context(), io.Discard, Options{Unit: "edge"}); err == nil || !strings.Contains(err.Error(), "no such unit") {
		t.Errorf("journalctl fails: got %v", err)
	}
	t.Setenv("PATH", t.TempDir())
	if err := Show(t.Context(), io.Discard, Options{Unit: "edge"}); err == nil {
		t.Error("without journalctl: got no error")
	}
}

// Follow goes on until its context ends, which is no error.
func TestShow_Follow(t *testing.T) {
	journalctl(t, "cat <<'END'\n"+logged(t, asText, slog.LevelInfo, "first")+"END\nexec sleep 600\n")
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	r, w := io.Pipe()
	done := make(chan error, 1)
	go func() { done <- Show(ctx, w, Options{Unit: "edge", Follow: true}) }()
	buffer := make([]byte, 1024)
	n, err := r.Read(buffer)
	if err != nil || !strings.Contains(string(buffer[:n]), "first") {
		t.Fatalf("got %q, %v", buffer[:n], err)
	}
	cancel()
	if err := <-done; err != nil {
		t.Errorf("got %v", err)
	}
}
