// Package wrongclock builds programs for tests whose wall clock jumps. libfaketime cannot
// do that, since Go asks the kernel without the C library.
//
//	exec.Command("go", "build", "-overlay", wrongclock.Overlay(t, "\tsec += 3600\n"), …)
package wrongclock
