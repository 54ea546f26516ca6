package console

import (
	"bytes"
	"strings"
	"testing"

	"github.com/mattn/go-runewidth"

	"pristine/agent"
	"pristine/inspect"
)

// A line of the log wipes the block first, so that it is not wiped with it.
func TestConsole_LogStaysAboveTheBlock(t *testing.T) {
	var out bytes.Buffer
	c := &Console{screen: &screen{out: &out, drawn: 2}}
	if n, err := c.Write([]byte("level=INFO msg=x\n")); n != 17 || err != nil {
		t.Errorf("wrote %d, %v", n, err)
	}
	if got, want := out.String(), "\x1b[1A\x1b[2K\x1b[1A\x1b[2Klevel=INFO msg=x\n"; got != want || c.screen.drawn != 0 {
		t.Errorf("%q, want %q", got, want)
	}
}

// A verdict with long names is wrapped, and loses nothing.
func TestConsole_AVerdictFitsTheTerminal(t *testing.T) {
	var out bytes.Buffer
	c := &Console{screen: &screen{out: &out, fd: 1 << 20}} // of no terminal: 80 columns
	part := strings.Repeat("flange ", 12) + "00045"
	c.Result(&inspect.Result{Camera: "belt", Part: part, Verdict: inspect.Fail, Standing: inspect.Standing{Shadow: true}}, &agent.Truth{Defect: "stain"})
	for line := range strings.Lines(out.String()) {
		if n := runewidth.StringWidth(strings.TrimSuffix(line, "\n")); n > 80 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
	if words := strings.Join(strings.Fields(out.String()), " "); words != "FAIL belt "+part+" defect (shadow) [truth: stain]" {
		t.Errorf("got %q", words)
	}
}
