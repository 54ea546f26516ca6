package infer

import (
	"bufio"
	"fmt"
	"io/fs"
	"math"
)

// availableMemory returns the bytes available for new work, as estimated by the kernel
// (MemAvailable, proc(5)). Without an estimate it returns the maximum.
func availableMemory(root fs.FS) int64 {
	f, err := root.Open("proc/meminfo")
	if err != nil {
		return math.MaxInt64
	}
	defer func() { _ = f.Close() }()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var kib int64
		if n, _ := fmt.Sscanf(lines.Text(), "MemAvailable: %d kB", &kib); n == 1 {
			return kib << 10
		}
	}
	return math.MaxInt64
}
