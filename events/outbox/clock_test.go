//go:build !race

// What it builds has no race detector.

package outbox

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"pristine/internal/wrongclock"
)

// jumpingClock is what Go's time.Now becomes: ten times a second the wall clock
// jumps, by seconds, hours and a year, forwards and backwards.
const jumpingClock = `	sec += [...]int64{0, 3600, -7200, 86400, -31536000, 1, -2, 31536000}[mono/100_000_000%8]
`

// An event is never lost and never doubled, and the order of a station's events
// is kept, whatever the clock does: the faults again, with a system clock that
// jumps under the store, the embedded server and the hub alike. Their programs
// are built with a Go library whose clock does.
func TestNeverLostNeverDoubledWhateverTheSystemClockDoes(t *testing.T) {
	program := filepath.Join(t.TempDir(), "jumping.test")
	if out, err := exec.Command("go", "test", "-overlay", wrongclock.Overlay(t, jumpingClock), "-c", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	faults := exec.Command(program, "-test.v", "-test.run", "AgentIsKilled|OfTheHub|HubThat|HubHas|BadNetwork|WhenAppend")
	if !soak {
		faults.Args = append(faults.Args, "-test.short")
	}
	faults.Env = append(os.Environ(), jumpsVariable+"=1")
	out, err := faults.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: TestNeverLostNeverDoubledWheneverTheAgentIsKilled") {
		t.Fatalf("%v: %s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, "lost") {
			t.Log(strings.TrimSpace(line))
		}
	}
}
