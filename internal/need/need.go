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
