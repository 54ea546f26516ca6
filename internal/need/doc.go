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
