package soak

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// jumpingClock is what Go's time.Now becomes in the agent: every half minute the wall
// clock jumps, or is right. The monotonic clock counts from the start of the machine, so
// that an agent that is killed comes back in the same wrong time.
const jumpingClock = `	sec += [...]int64{0, 0, 3600, 0, -7200, -7200, 0, 86400, 86401, 86395, 0, 0, -86400, 0, 2, -2, 0, 0, 2592000, 0}[mono/30_000_000_000%20]
`

// buildEdge builds the program, with a clock that jumps where that is wanted. libfaketime
// cannot do it, since Go asks the kernel without the C library.
func buildEdge(t *testing.T, jumps bool) (program string) {
	t.Helper()
	program = filepath.Join(t.TempDir(), "edge")
	arguments := []string{"build", "-o", program}
	if jumps {
		arguments = append(arguments, "-overlay", overlay(t))
	}
	build(t, append(arguments, "pristine/cmd/edge")...)
	return program
}

// buildHub builds the NATS server of the plant.
func buildHub(t *testing.T) (program string) {
	t.Helper()
	program = filepath.Join(t.TempDir(), "nats-server")
	build(t, "build", "-o", program, "github.com/nats-io/nats-server/v2")
	return program
}

func build(t *testing.T, arguments ...string) {
	t.Helper()
	if out, err := exec.Command("go", arguments...).CombinedOutput(); err != nil {
		t.Fatalf("go %s: %v: %s", strings.Join(arguments, " "), err, out)
	}
}

// overlay returns a file that makes go build take a package time whose clock jumps.
func overlay(t *testing.T) (file string) {
	t.Helper()
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	source := filepath.Join(strings.TrimSpace(string(root)), "src", "time", "time.go")
	code, err := os.ReadFile(source)
	if err != nil {
		t.Fatal(err)
	}
	const asked = "func Now() Time {\n	sec, nsec, mono := runtimeNow()\n"
	before, after, found := strings.Cut(string(code), asked)
	if !found {
		t.Fatalf("time.Now is written in another way in %s: adapt this test", source)
	}
	dir := t.TempDir()
	changed, file := filepath.Join(dir, "time.go"), filepath.Join(dir, "overlay.json")
	replace, err := json.Marshal(map[string]map[string]string{"Replace": {source: changed}})
	if err != nil {
		t.Fatal(err)
	}
	for file, text := range map[string]string{file: string(replace), changed: before + asked + jumpingClock + after} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return file
}
