package infer

import (
	"bufio"
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// outputsVersion must be raised by every change of this program that changes the outputs
// for a picture with the same bundle, library and processor.
const outputsVersion = 1

// Origin returns everything but the picture that the outputs depend on, as text. Two
// encoders with the same Origin return the same numbers. It is "" for an accelerator,
// whose outputs also depend on the versions of its drivers.
func (e *ImageEncoder) Origin() string { return e.origin }

// originOf returns an encoder's Origin. It includes the preparation of pictures, which is
// not part of the bundle's hash, and the number of pictures per run, since an int8 model
// may take its scales from all of them.
func originOf(e *ImageEncoder, root fs.FS) string {
	processor := readProcessor(root)
	if e.status.Provider != "cpu" || processor == "" {
		return ""
	}
	return fmt.Sprintf("outputs %d of %s, pictures %+v, %d a run, by ONNX Runtime %s on the CPU: %s", outputsVersion, e.bundle.Hash, e.bundle.Manifest.Image, e.perRun, loaded.Version, processor)
}

// Origin returns the Origin of the encoder in use, or of both encoders of a pair. It
// changes once, when an engine takes over.
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

// readProcessor returns the model and the instruction sets of the first processor, by
// which ONNX Runtime chooses its kernels. It is "" if the kernel does not list them.
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

// processorKeys returns the keys in /proc/cpuinfo, on x86 and on ARM.
func processorKeys() []string {
	return []string{"vendor_id", "cpu family", "model", "flags", "CPU implementer", "CPU architecture", "CPU variant", "CPU part", "Features"}
}
