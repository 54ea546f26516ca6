package infer

// #cgo LDFLAGS: -ldl
// #include <stdlib.h>
// #include "plugin.h"
import "C"

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"unsafe"

	ort "github.com/yalue/onnxruntime_go"

	"pristine/internal/assets"
)

// plugin is an execution provider in a library of its own, which any ONNX Runtime
// of its C API loads by path.
type plugin struct {
	provider string // ours, and the folder below providers/
	name     string // ONNX Runtime's
	file     string
}

var (
	rtxPlugin      = plugin{"tensorrt", "NvTensorRTRTXExecutionProvider", "libonnxruntime_providers_nv_tensorrt_rtx.so"}
	openvinoPlugin = plugin{openvino, "OpenVINOExecutionProvider", "libonnxruntime_providers_openvino_plugin.so"}
)

// path returns where the plug-in is: beside ONNX Runtime, or where `edge provider
// install` puts it; "" where it is not.
func (p plugin) path() string {
	dirs := []string{filepath.Dir(loaded.Path)}
	for _, root := range assets.Roots() {
		dirs = append(dirs, filepath.Join(root, assets.Providers, p.provider))
	}
	for _, dir := range dirs {
		if path := filepath.Join(dir, p.file); fileExists(path) {
			return path
		}
	}
	return ""
}

// registered are the plug-ins that ONNX Runtime knows, by name: it takes each once.
var registered sync.Map

// register makes a plug-in known to ONNX Runtime.
func (p plugin) register(path string) error {
	once, _ := registered.LoadOrStore(p.name, sync.OnceValue(func() error {
		return ort.RegisterExecutionProviderLibrary(p.name, path)
	}))
	return once.(func() error)()
}

// append adds the plug-in's provider to a session's options, on a CPU, GPU or NPU.
func (p plugin) append(options *ort.SessionOptions, device string, settings map[string]string) error {
	path := p.path()
	if path == "" {
		return fmt.Errorf("%s is not there: %w", p.file, os.ErrNotExist)
	}
	if err := p.register(path); err != nil {
		return fmt.Errorf("load %s: %w", path, err)
	}
	kind, known := map[string]C.int{"CPU": C.pristine_cpu, "GPU": C.pristine_gpu, "NPU": C.pristine_npu}[device]
	if !known {
		return fmt.Errorf("%s: unknown device %q: CPU, GPU and NPU are known", p.provider, device)
	}
	names := slices.Sorted(maps.Keys(settings))
	keys, values := newStrings(len(names)), newStrings(len(names))
	defer keys.free()
	defer values.free()
	for i, name := range names {
		keys.items[i], values.items[i] = C.CString(name), C.CString(settings[name])
	}
	library, provider := C.CString(loaded.Path), C.CString(p.name)
	defer C.free(unsafe.Pointer(library))
	defer C.free(unsafe.Pointer(provider))
	failed := C.pristine_append_plugin(library, sessionOptions(options), provider, kind, keys.array, values.array, C.size_t(len(names)))
	if failed == nil {
		return nil
	}
	defer C.free(unsafe.Pointer(failed))
	return fmt.Errorf("%s: %w", path, errors.New(C.GoString(failed)))
}

// sessionOptions returns the C object of options, their one field (held by a
// test): onnxruntime_go 1.27 registers plug-ins, but cannot choose their devices.
func sessionOptions(options *ort.SessionOptions) unsafe.Pointer {
	return *(*unsafe.Pointer)(unsafe.Pointer(options))
}

// cStrings is an array of strings in C's memory: Go's may hold no pointers there.
type cStrings struct {
	array **C.char
	items []*C.char
}

func newStrings(n int) cStrings {
	array := (**C.char)(C.calloc(C.size_t(max(n, 1)), C.size_t(unsafe.Sizeof((*C.char)(nil)))))
	return cStrings{array, unsafe.Slice(array, n)}
}

func (s cStrings) free() {
	for _, item := range s.items {
		C.free(unsafe.Pointer(item))
	}
	C.free(unsafe.Pointer(s.array))
}
