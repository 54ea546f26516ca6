package soak

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Process is what a process uses.
type Process struct {
	RSS         int64 // bytes in memory, with files that are mapped
	Anonymous   int64 // bytes in memory that are its own
	Descriptors int
	Threads     int
}

// Read returns what a process uses now, as Linux counts it in /proc.
func Read(pid int) (Process, error) {
	dir := filepath.Join("/proc", strconv.Itoa(pid))
	status, err := os.ReadFile(filepath.Join(dir, "status"))
	if err != nil {
		return Process{}, fmt.Errorf("read what process %d uses: %w", pid, err)
	}
	p, err := parseStatus(string(status))
	if err != nil {
		return Process{}, fmt.Errorf("read what process %d uses: %w", pid, err)
	}
	descriptors, err := os.ReadDir(filepath.Join(dir, "fd"))
	if err != nil {
		return Process{}, fmt.Errorf("read what process %d uses: %w", pid, err)
	}
	p.Descriptors = len(descriptors)
	return p, nil
}

// parseStatus reads /proc/PID/status (proc_pid_status(5)).
func parseStatus(text string) (p Process, err error) {
	found := 0
	for line := range strings.Lines(text) {
		key, value, _ := strings.Cut(line, ":")
		number, _, _ := strings.Cut(strings.TrimSpace(value), " ")
		var to *int64
		threads := int64(0)
		switch key {
		case "VmRSS":
			to = &p.RSS
		case "RssAnon":
			to = &p.Anonymous
		case "Threads":
			to = &threads
		default:
			continue
		}
		if *to, err = strconv.ParseInt(number, 10, 64); err != nil {
			return p, fmt.Errorf("%s: %w", key, err)
		}
		found++
		p.Threads = max(p.Threads, int(threads))
	}
	if found != 3 {
		return p, fmt.Errorf("VmRSS, RssAnon or Threads is missing")
	}
	p.RSS, p.Anonymous = p.RSS<<10, p.Anonymous<<10
	return p, nil
}
