package console

import (
	"bytes"
	"testing"
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
