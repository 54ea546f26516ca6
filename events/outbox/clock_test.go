//go:build !race

// What it builds has no race detector.

package outbox

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// jumpingClock is what Go's time.Now becomes: ten times a second the wall clock
// jumps, by seconds, hours and a year, forwards and backwards.
const jumpingClock = `	sec += [...]int64{0, 3600, -7200, 86400, -31536000, 1, -2, 31536000}[mono/100_000_000%8]
`

// An event is never lost and never doubled, and the order of a station's events
// is kept, whatever the clock does: the faults again, with a system clock that
// jumps under the store, the embedded server and the hub alike. Their programs
// are built with a Go library whose clock does; libfaketime cannot do it, since
// Go asks the kernel without the C library.
func TestNeverLostNeverDoubledWhateverTheSystemClockDoes(t *testing.T) {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	source := filepath.Join(strings.TrimSpace(string(root)), "src", "time", "time.go")
	code, err := os.ReadFile(source)
	if err != nil {
		t.Fatal(err)
	}
	const asked = "	sec, nsec, mono := runtimeNow()\n"
	before, after, found := strings.Cut(string(code), "func Now() Time {\n"+asked)
	if !found {
		t.Fatalf("time.Now is written in another way in %s: adapt this test", source)
	}
	dir := t.TempDir()
	overlay, changed, program := filepath.Join(dir, "overlay.json"), filepath.Join(dir, "time.go"), filepath.Join(dir, "jumping.test")
	replace, err := json.Marshal(map[string]map[string]string{"Replace": {source: changed}})
	if err != nil {
		t.Fatal(err)
	}
	for file, text := range map[string]string{overlay: string(replace), changed: before + "func Now() Time {\n" + asked + jumpingClock + after} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := exec.Command("go", "test", "-overlay", overlay, "-c", "-o", program, ".").CombinedOutput(); err != nil {
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
