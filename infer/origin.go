package infer

import (
	"bufio"
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// outputsVersion is raised with each change of this program after which the same
// bundle, library and processor give other outputs for a picture.
const outputsVersion = 1

// Origin names all that outputs depend on beside the picture: two encoders of the same
// Origin return the same numbers. It is "" where that cannot be said. Only outputs of
// the CPU have one: an accelerator's also depend on drivers and libraries whose
// versions nobody names.
func (e *ImageEncoder) Origin() string { return e.origin }

// originOf returns an encoder's Origin. The bundle's hash is of its files, and not of
// how its manifest has pictures prepared. Pictures of one run may share the scales of
// their numbers.
func originOf(e *ImageEncoder, root fs.FS) string {
	processor := readProcessor(root)
	if e.status.Provider != "cpu" || processor == "" {
		return ""
	}
	return fmt.Sprintf("outputs %d of %s, pictures %+v, %d a run, by ONNX Runtime %s on the CPU: %s", outputsVersion, e.bundle.Hash, e.bundle.Manifest.Image, e.perRun, loaded.Version, processor)
}

// Origin is ImageEncoder's, of what serves now: it is another one after a hand-over,
// and stays so. Of two bundles it names both.
func (s *Service) Origin() string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	origin := s.current.Origin()
	if s.features == nil || origin == "" {
		return origin
	}
	of := s.features.Origin()
	if of == "" {
		return ""
	}
	return origin + "; patches: " + of
}

// readProcessor names the first processor of a machine by what decides which
// instructions ONNX Runtime chooses; "" where the kernel does not say.
func readProcessor(root fs.FS) string {
	f, err := root.Open("proc/cpuinfo")
	if err != nil {
		return ""
	}
	defer func() { _ = f.Close() }()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	var parts []string
	for lines.Scan() && (lines.Text() != "" || len(parts) == 0) {
		key, value, _ := strings.Cut(lines.Text(), ":")
		if key = strings.TrimSpace(key); slices.Contains(processorKeys(), key) {
			parts = append(parts, key+":"+strings.TrimSpace(value))
		}
	}
	return strings.Join(parts, " ")
}

// processorKeys are those of /proc/cpuinfo, on x86 and on ARM.
func processorKeys() []string {
	return []string{"vendor_id", "cpu family", "model", "flags", "CPU implementer", "CPU architecture", "CPU variant", "CPU part", "Features"}
}
