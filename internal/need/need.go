// Package need is for tests that need what not every developer's machine has.
//
//	if _, err := exec.LookPath("systemd-analyze"); err != nil {
//		need.Missing(t, "systemd-analyze: %v", err)
//	}
//
// Promises: where CI is set, what is missing fails the test; elsewhere the test is
// skipped and says why. NoRaceDetector skips in the pass with the race detector alone:
// make test runs all tests without it first, which package layout holds.
package need

import (
	"os"
	"testing"
)

// Missing ends a test that cannot run here.
func Missing(t testing.TB, format string, arguments ...any) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatalf("missing: "+format, arguments...)
	}
	t.Skipf("missing: "+format, arguments...)
}

// NoRaceDetector ends a test that computes a lot, and shares nothing between goroutines
// that another test does not. The race detector makes it ten times as slow.
func NoRaceDetector(t testing.TB) {
	t.Helper()
	if raceDetector {
		t.Skip("computes a lot: make test runs it without the race detector")
	}
}
