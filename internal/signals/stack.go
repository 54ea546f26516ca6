package signals

import (
	"runtime"
	"syscall"
	"unsafe"
)

// stack is stack_t of sigaltstack(2).
type stack struct {
	address uintptr
	flags   int32
	size    uintptr
}

// KeepStack calls work on one thread, which has its signal stack back afterwards
// (sigaltstack(2)).
func KeepStack(work func()) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var before stack
	if sigaltstack(nil, &before) == 0 {
		defer func() { _ = sigaltstack(&before, nil) }()
	}
	work()
}

func sigaltstack(set, was *stack) syscall.Errno {
	_, _, errno := syscall.RawSyscall(syscall.SYS_SIGALTSTACK, uintptr(unsafe.Pointer(set)), uintptr(unsafe.Pointer(was)), 0)
	return errno
}
