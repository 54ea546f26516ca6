package bench

import (
	"os"
	"runtime"
	"strings"

	"golang.org/x/sys/unix"
)

// Machine is what a report was measured on.
type Machine struct {
	Processor    string `json:"processor"` // the kernel's name of it, or its architecture
	Architecture string `json:"architecture"`
	Cores        int    `json:"cores"`
	Kernel       string `json:"kernel"`
}

func thisMachine() Machine {
	m := Machine{Processor: runtime.GOARCH, Architecture: runtime.GOARCH, Cores: runtime.GOMAXPROCS(0)}
	info, _ := os.ReadFile("/proc/cpuinfo") // the architecture says enough
	for line := range strings.Lines(string(info)) {
		if name, value, _ := strings.Cut(line, ":"); strings.TrimSpace(name) == "model name" {
			m.Processor = strings.TrimSpace(value)
			break
		}
	}
	var name unix.Utsname
	if unix.Uname(&name) == nil {
		m.Kernel = unix.ByteSliceToString(name.Release[:])
	}
	return m
}
