package need

import (
	"runtime"
	"testing"
)

// recorded notes how a test was ended.
type recorded struct {
	testing.TB
	ended string
}

func (r *recorded) Helper()               {}
func (r *recorded) Fatalf(string, ...any) { r.ended = "failed"; runtime.Goexit() }
func (r *recorded) Skip(...any)           { r.ended = "skipped"; runtime.Goexit() }
func (r *recorded) Skipf(string, ...any)  { r.ended = "skipped"; runtime.Goexit() }

func TestWhatIsMissingFailsWhereCIIsSet(t *testing.T) {
	for ci, want := range map[string]string{"true": "failed", "": "skipped"} {
		t.Setenv("CI", ci)
		r, done := &recorded{TB: t}, make(chan struct{})
		go func() {
			defer close(done)
			Missing(r, "a thing")
		}()
		if <-done; r.ended != want {
			t.Errorf("CI=%q: the test %s, want it %s", ci, r.ended, want)
		}
	}
}

func TestNoRaceDetector_EndsATestUnderItAlone(t *testing.T) {
	want := ""
	if raceDetector {
		want = "skipped"
	}
	r, done := &recorded{TB: t}, make(chan struct{})
	go func() {
		defer close(done)
		NoRaceDetector(r)
	}()
	if <-done; r.ended != want {
		t.Errorf("with the race detector %t the test is %q, want %q", raceDetector, r.ended, want)
	}
}
