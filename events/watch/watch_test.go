package watch

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/mattn/go-runewidth"

	"pristine/events"
)

func received(t *testing.T, result events.Result) events.Received {
	t.Helper()
	data, err := json.Marshal(result)
	if err != nil {
		t.Fatal(err)
	}
	return events.Received{Event: &events.Event{Type: events.TypeResult, Data: data, Time: time.Unix(0, 0)}, Missing: 12}
}

// Whatever an event holds, its line fits a terminal and cannot steer it.
func TestDescribe(t *testing.T) {
	line := describe(received(t, events.Result{Camera: "side", Part: "p\x1b[2J\r\nx", Verdict: "REVIEW", Reason: strings.Repeat("ä", 200)}))
	if got := runewidth.StringWidth(line); got > 80 {
		t.Errorf("got %d columns, want at most 80: %q", got, line)
	}
	if strings.ContainsAny(line, "\x1b\r\n") {
		t.Errorf("got %q, want no control characters", line)
	}
	if !strings.HasSuffix(line, "[12 missing before]") {
		t.Errorf("got %q, want the gap before it at the end", line)
	}
}
