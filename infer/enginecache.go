package infer

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"pristine/internal/dirlock"
)

// engineKey identifies a TensorRT engine. Each different key has its own folder, so that
// an engine is never used with another GPU, library or model.
type engineKey struct {
	Model     string // hash of the bundle
	GPU       string
	TensorRT  string
	Precision string
	Input     string
	Size      int // of the pictures, in pixels
	MaxBatch  int
}

// options returns the options with which the model is opened.
func (m *modelFile) options(o Options) Options {
	o.engine = m.engineKey(o)
	return o
}

// engineKey returns a model's key without the parts that depend on the machine.
func (m *modelFile) engineKey(o Options) engineKey {
	key := engineKey{Model: m.hash, Precision: o.Precision, MaxBatch: m.maxBatch(o)}
	if key.Precision == "" {
		key.Precision = "fp32"
	}
	for name, v := range m.inputs {
		if len(v.Shape) == 4 {
			key.Input, key.Size = name, m.size
		}
	}
	return key
}

func (k engineKey) dir(cache string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%v", []any{k.Model, k.GPU, k.TensorRT, k.Precision, k.Input, k.Size, k.MaxBatch}))
	return filepath.Join(cache, fmt.Sprintf("%s-%s-%s", k.Model[:min(12, len(k.Model))], k.Precision, hex.EncodeToString(sum[:6])))
}

// buildLimit is the longest wait for another process that builds engines in the same
// cache.
const buildLimit = time.Hour

// lockEngines waits until no other process builds engines in the cache, for a provider
// that keeps some there. It returns the function that unlocks the cache. A cache that
// cannot be locked cannot be written to either.
func lockEngines(provider, cache string) (unlock func()) {
	if name, device := splitProvider(provider); cache == "" || name != "tensorrt" && (name != openvino || device == "" || device == "CPU") {
		return func() {}
	}
	ctx, cancel := context.WithTimeout(context.Background(), buildLimit)
	defer cancel()
	lock, err := dirlock.Wait(ctx, cache)
	if err != nil {
		return func() {}
	}
	return func() { _ = lock.Release() }
}

// unknownPart replaces parts that the machine does not report. ONNX Runtime's own engine
// names also contain the compute capability.
const unknownPart = "unknown"

var (
	gpuModel = regexp.MustCompile(`(?m)^Model:\s*(.+?)\s*$`)
	nvinfer  = regexp.MustCompile(`libnvinfer\.so\.([0-9.]+)$`)
)

// readGPU names the GPUs of a machine by its root file system: NVIDIA's driver
// has them in /proc, a Jetson its own name in the device tree.
func readGPU(root fs.FS) string {
	files, _ := fs.Glob(root, "proc/driver/nvidia/gpus/*/information")
	var names []string
	for _, file := range files {
		data, _ := fs.ReadFile(root, file)
		if match := gpuModel.FindSubmatch(data); match != nil {
			names = append(names, string(match[1]))
		}
	}
	slices.Sort(names)
	if len(names) > 0 {
		return strings.Join(slices.Compact(names), "+")
	}
	if data, err := fs.ReadFile(root, "proc/device-tree/model"); err == nil {
		return strings.TrimRight(string(data), "\x00\n ")
	}
	return unknownPart
}

// readTensorRT returns the version of the TensorRT library: the loaded one, or an
// installed one.
func readTensorRT(root fs.FS) string {
	if maps, err := fs.ReadFile(root, "proc/self/maps"); err == nil {
		for line := range strings.Lines(string(maps)) {
			if match := nvinfer.FindStringSubmatch(strings.TrimSpace(line)); match != nil {
				return match[1]
			}
		}
	}
	longest := ""
	for _, pattern := range []string{"usr/lib/*-linux-gnu/libnvinfer.so.*", "usr/lib/libnvinfer.so.*", "usr/local/tensorrt/lib/libnvinfer.so.*"} {
		files, _ := fs.Glob(root, pattern)
		for _, file := range files {
			if match := nvinfer.FindStringSubmatch(file); match != nil && len(match[1]) > len(longest) {
				longest = match[1]
			}
		}
	}
	if longest == "" {
		return unknownPart
	}
	return longest
}

// tensorRTOptions are the provider's, in ONNX Runtime's words. The profile
// covers every batch, so that one engine serves all.
func tensorRTOptions(key engineKey, dir string) map[string]string {
	shape := func(n int) string { return fmt.Sprintf("%s:%dx3x%dx%d", key.Input, n, key.Size, key.Size) }
	o := map[string]string{
		"trt_profile_min_shapes": shape(1), "trt_profile_opt_shapes": shape(1), "trt_profile_max_shapes": shape(key.MaxBatch),
	}
	if key.Precision == "fp16" {
		o["trt_fp16_enable"] = "1"
	}
	if dir != "" {
		o["trt_engine_cache_enable"], o["trt_engine_cache_path"] = "1", dir
		o["trt_timing_cache_enable"], o["trt_timing_cache_path"] = "1", dir
	}
	return o
}
