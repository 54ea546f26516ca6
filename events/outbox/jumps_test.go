package outbox

import "time"

// jumpsVariable tells a program of these tests that its clock is to jump.
const jumpsVariable = "PRISTINE_CLOCK_JUMPS"

// clockJumps waits until the wall clock goes backwards.
func clockJumps() bool {
	begun := time.Now()
	for last := begun.Round(0); time.Since(begun) < 2*time.Second; time.Sleep(10 * time.Millisecond) {
		now := time.Now().Round(0)
		if now.Before(last) {
			return true
		}
		last = now
	}
	return false
}
