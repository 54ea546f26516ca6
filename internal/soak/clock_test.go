package soak

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"pristine/internal/wrongclock"
)

// jumpingClock is what Go's time.Now becomes in the agent: every half minute the wall
// clock jumps, or is right. The monotonic clock counts from the start of the machine, so
// that an agent that is killed comes back in the same wrong time.
const jumpingClock = `	sec += [...]int64{0, 0, 3600, 0, -7200, -7200, 0, 86400, 86401, 86395, 0, 0, -86400, 0, 2, -2, 0, 0, 2592000, 0}[mono/30_000_000_000%20]
`

// buildEdge builds the program, with a clock that jumps where that is wanted.
func buildEdge(t *testing.T, jumps bool) (program string) {
	t.Helper()
	program = filepath.Join(t.TempDir(), "edge")
	arguments := []string{"build", "-o", program}
	if jumps {
		arguments = append(arguments, "-overlay", wrongclock.Overlay(t, jumpingClock))
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
