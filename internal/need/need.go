// Package need is for tests that need what not every developer's machine has.
//
//	if _, err := exec.LookPath("systemd-analyze"); err != nil {
//		need.Missing(t, "systemd-analyze: %v", err)
//	}
//
// Promises: where CI is set, what is missing fails the test; elsewhere the test is
// skipped and says why.
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
