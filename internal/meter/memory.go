package meter

import (
	"fmt"
	"os"
	"strings"
)

// OwnMemory returns the bytes of this process that are no file's: RssAnon of
// proc_pid_status(5).
func OwnMemory() (int64, error) { return statusBytes("RssAnon") }

// PeakMemory returns the most bytes that this process ever held: VmHWM of
// proc_pid_status(5).
func PeakMemory() (int64, error) { return statusBytes("VmHWM") }

func statusBytes(key string) (int64, error) {
	const file = "/proc/self/status"
	status, err := os.ReadFile(file)
	if err != nil {
		return 0, fmt.Errorf("read the process's memory: %w", err)
	}
	for line := range strings.Lines(string(status)) {
		var kib int64
		if n, _ := fmt.Sscanf(line, key+": %d kB", &kib); n == 1 {
			return kib << 10, nil
		}
	}
	return 0, fmt.Errorf("read the process's memory: %s has no %s", file, key)
}
