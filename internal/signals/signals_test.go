package signals

import (
	"os"
	"os/signal"
	"syscall"
	"testing"
)

// What a C library does to them is tried by cmd/edge, with a library.
func TestHandlersThatNothingReplacedStay(t *testing.T) {
	h := Keep()
	heard := make(chan os.Signal, 1)
	signal.Notify(heard, syscall.SIGUSR1)
	defer signal.Stop(heard)
	if n := h.Restore(); n != 0 {
		t.Errorf("%d handlers were restored", n)
	}
	if err := syscall.Kill(os.Getpid(), syscall.SIGUSR1); err != nil {
		t.Fatal(err)
	}
	<-heard
}

// Go puts no handler where a signal is ignored, and takes its own away again.
func TestAHandlerThatWasReplacedIsPutBack(t *testing.T) {
	h := Keep()
	signal.Ignore(syscall.SIGUSR2)
	defer signal.Reset(syscall.SIGUSR2)
	if n := h.Restore(); n != 1 {
		t.Errorf("%d handlers were restored, want that of SIGUSR2", n)
	}
}
