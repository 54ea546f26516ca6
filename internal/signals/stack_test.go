package signals

import (
	"runtime"
	"testing"
	"unsafe"
)

func TestKeepStack_GivesTheThreadItsOwnBack(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	stackNow := func() (now stack) {
		if errno := sigaltstack(nil, &now); errno != 0 {
			t.Fatal(errno)
		}
		return now
	}
	before, other := stackNow(), make([]byte, 1<<16)
	KeepStack(func() {
		// As a library would. Go takes signals on it meanwhile.
		if errno := sigaltstack(&stack{address: uintptr(unsafe.Pointer(&other[0])), size: uintptr(len(other))}, nil); errno != 0 {
			t.Fatal(errno)
		}
		if stackNow() == before {
			t.Fatal("the stack was not changed")
		}
	})
	if after := stackNow(); after != before {
		t.Errorf("the thread has %+v, before %+v", after, before)
	}
	runtime.KeepAlive(other)
}
