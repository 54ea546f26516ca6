package infer

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	ort "github.com/yalue/onnxruntime_go"
)

// openvino is the provider's name; "openvino:GPU" and "openvino:NPU" name
// another device of it than Intel's CPU.
const openvino = "openvino"

// splitProvider returns a provider's name and the device of it, which only
// OpenVINO has.
func splitProvider(provider string) (name, device string) {
	name, device, _ = strings.Cut(provider, ":")
	return name, device
}

// openvinoLibrary lies beside the ONNX Runtime that has the provider.
const openvinoLibrary = "libonnxruntime_providers_openvino.so"

func appendOpenVINO(options *ort.SessionOptions, device, hash string, o Options) error {
	_, err := os.Stat(filepath.Join(filepath.Dir(loaded.Path), openvinoLibrary))
	apart := err != nil && openvinoPlugin.path() != ""
	if err != nil && !apart && filepath.IsAbs(loaded.Path) {
		return fmt.Errorf("this ONNX Runtime has no OpenVINO provider: run `edge provider install openvino`, or set %s to one that has: %w", LibraryVariable, err)
	}
	if device == "" {
		device = "CPU"
	}
	dir := ""
	if o.CacheDir != "" && device != "CPU" { // compiles in a second, and cannot read its own engines again: its wheels lack the IR front end
		dir = filepath.Join(o.CacheDir, fmt.Sprintf("openvino-%s", hash[:min(12, len(hash))]))
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return fmt.Errorf("make the engine cache: %w", err)
		}
	}
	settings := openvinoOptions(device, dir, o)
	if apart {
		delete(settings, "device_type") // chosen with the plug-in's device
		err = openvinoPlugin.append(options, device, settings)
	} else {
		err = options.AppendExecutionProviderOpenVINO(settings)
	}
	if err != nil {
		return fmt.Errorf("the OpenVINO provider does not start on its %s: the device or its driver is missing: %w", device, err)
	}
	return nil
}

// openvinoOptions are the provider's, in ONNX Runtime's words. ACCURACY keeps
// the model's own precision, where OpenVINO would take bfloat16 or FP16 on
// hardware that has it.
func openvinoOptions(device, dir string, o Options) map[string]string {
	options := map[string]string{"device_type": device, "precision": "ACCURACY"}
	if o.Precision == "fp16" && device != "CPU" {
		options["precision"] = "FP16"
	}
	if o.Threads > 0 {
		options["num_of_threads"] = fmt.Sprint(o.Threads)
	}
	if dir != "" {
		options["cache_dir"] = dir // keyed by OpenVINO itself: model, device, version
	}
	return options
}
