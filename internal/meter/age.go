package meter

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// ticks is how many a second the kernel counts in proc_pid_stat(5): USER_HZ, which is
// the same on all processors that Linux runs on today.
const ticks = 100

// Age returns how long this process has run, to a hundredth of a second. What its
// libraries took to load, before any of its own code ran, is part of it.
func Age() (time.Duration, error) {
	const file = "/proc/self/stat"
	stat, err := os.ReadFile(file)
	if err != nil {
		return 0, fmt.Errorf("read the process's start: %w", err)
	}
	// The name of the program, in brackets, may have blanks; starttime is field 22.
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) < 20 {
		return 0, fmt.Errorf("read the process's start: %s has %d fields", file, len(fields))
	}
	started, err := strconv.ParseInt(string(fields[19]), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("read the process's start: %s: %w", file, err)
	}
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &now); err != nil {
		return 0, fmt.Errorf("read the time since the boot: %w", err)
	}
	return time.Duration(now.Nano()) - time.Duration(started)*(time.Second/ticks), nil
}
