package infer

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	ort "github.com/yalue/onnxruntime_go"

	"pristine/internal/assets"
	"pristine/internal/signals"
)

// LibraryVariable names the environment variable with the path of the ONNX
// Runtime library.
const LibraryVariable = "PRISTINE_ORT_LIB"

// ErrLibrary is wrapped by an error that is returned if ONNX Runtime cannot be loaded.
var ErrLibrary = errors.New("ONNX Runtime is not usable")

// ErrLibraryVersion is wrapped by an error that is returned if ONNX Runtime is too old
// for this program.
var ErrLibraryVersion = errors.New("ONNX Runtime is too old")

// Library is the ONNX Runtime of this process.
type Library struct {
	Path    string
	Version string
}

// loading serialises Load: ONNX Runtime has one environment a process.
var (
	loading sync.Mutex
	loaded  Library // once it is
)

// goHandlers are the signal handlers from before ONNX Runtime was loaded.
var goHandlers = sync.OnceValue(signals.Keep)

// Load loads ONNX Runtime once per process. Later calls return the loaded library. An
// empty path means, in this order: $PRISTINE_ORT_LIB; the library of a provider that
// `edge provider install` put into one of the program's folders;
// .deps/onnxruntime/lib/libonnxruntime.so beside the program or in the working directory
// or a parent; libonnxruntime.so in one of the program's folders (package assets); the
// system's library.
func Load(path string) (*Library, error) {
	loading.Lock()
	defer loading.Unlock()
	if path == "" {
		path = findLibrary()
	}
	if ort.IsInitialized() {
		return &loaded, nil
	}
	if filepath.IsAbs(path) {
		if _, err := os.Stat(path); err != nil {
			return nil, fmt.Errorf("%w: %w: run `make build`, or set %s to libonnxruntime.so 1.24 or newer", ErrLibrary, err, LibraryVariable)
		}
	}
	goHandlers()
	ort.SetSharedLibraryPath(path)
	if err := ort.InitializeEnvironment(ort.WithLogLevelError()); err != nil {
		if strings.Contains(err.Error(), "setting ORT API base") { // the binding has no other sign: the library has no API of this version
			err = fmt.Errorf("%w: %w", ErrLibraryVersion, err)
		}
		return nil, fmt.Errorf("%w: load %s: %w: this program needs ONNX Runtime 1.24 or newer for %s; run `make build`, or set %s",
			ErrLibrary, path, err, runtime.GOARCH, LibraryVariable)
	}
	loaded = Library{Path: path, Version: ort.GetVersion()}
	return &loaded, nil
}

func findLibrary() string {
	if path := os.Getenv(LibraryVariable); path != "" {
		return path
	}
	const name = "libonnxruntime.so"
	for _, dir := range assets.Roots() {
		for _, provider := range []string{"cuda", "tensorrt", openvino} { // CUDA's also loads the plug-ins of the others
			if path := filepath.Join(dir, assets.Providers, provider, name); fileExists(path) {
				return path
			}
		}
	}
	var starts []string
	if dir, err := os.Getwd(); err == nil {
		starts = append(starts, dir)
	}
	if program, err := os.Executable(); err == nil {
		starts = append(starts, filepath.Dir(program))
	}
	for _, dir := range starts {
		for {
			path := filepath.Join(dir, ".deps", "onnxruntime", "lib", name)
			if fileExists(path) {
				return path
			}
			parent := filepath.Dir(dir)
			if parent == dir {
				break
			}
			dir = parent
		}
	}
	for _, dir := range assets.Roots() {
		for _, path := range []string{filepath.Join(dir, name), filepath.Join(dir, ".deps", "onnxruntime", "lib", name)} {
			if fileExists(path) {
				return path
			}
		}
	}
	return name
}

func fileExists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
