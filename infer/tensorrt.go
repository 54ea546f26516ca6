package infer

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"

	ort "github.com/yalue/onnxruntime_go"
)

// appendAnyTensorRT adds TensorRT's provider, or, where that does not start and its
// plug-in is there, that of TensorRT for RTX.
func appendAnyTensorRT(options *ort.SessionOptions, hash string, o Options) error {
	err := appendTensorRT(options, hash, o)
	if err == nil || rtxPlugin.path() == "" {
		return err
	}
	if rtx := appendTensorRTRTX(options, hash, o); rtx != nil {
		return fmt.Errorf("%w; nor does TensorRT for RTX: %w", err, rtx)
	}
	return nil
}

// appendTensorRT keeps the engines of each engineKey apart.
func appendTensorRT(options *ort.SessionOptions, hash string, o Options) error {
	trt, err := ort.NewTensorRTProviderOptions()
	if err != nil {
		return fmt.Errorf("this ONNX Runtime has no TensorRT provider: run `edge provider install tensorrt`, or set %s to one that has: %w", LibraryVariable, err)
	}
	defer func() { _ = trt.Destroy() }()
	key, root := o.engine, os.DirFS("/")
	key.Model, key.GPU, key.TensorRT = hash, readGPU(root), readTensorRT(root)
	dir, err := key.makeDir(o.CacheDir)
	if err != nil {
		return err
	}
	if err := trt.Update(tensorRTOptions(key, dir)); err != nil {
		return fmt.Errorf("set the TensorRT provider's options: %w", err)
	}
	if err := options.AppendExecutionProviderTensorRT(trt); err != nil {
		return fmt.Errorf("the TensorRT provider does not start: set %s to an ONNX Runtime that has it: %w", LibraryVariable, err)
	}
	return nil
}

// errPrecision is returned where TensorRT for RTX is asked for another precision than
// the model's.
var errPrecision = errors.New("TensorRT for RTX keeps the precision of the model: give it a model in fp16, with precision fp32")

// appendTensorRTRTX keeps the kernels of each engineKey apart, as appendTensorRT does.
func appendTensorRTRTX(options *ort.SessionOptions, hash string, o Options) error {
	if o.Precision == "fp16" {
		return errPrecision
	}
	key := o.engine
	key.Model, key.GPU, key.TensorRT = hash, readGPU(os.DirFS("/")), "rtx-"+rtxVersion(filepath.Dir(rtxPlugin.path()))
	dir, err := key.makeDir(o.CacheDir)
	if err != nil {
		return err
	}
	return rtxPlugin.append(options, "GPU", tensorRTRTXOptions(key, dir))
}

// makeDir makes the folder of an engine in a cache; "" where there is no cache.
func (k engineKey) makeDir(cache string) (string, error) {
	if cache == "" {
		return "", nil
	}
	dir := k.dir(cache)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("make the engine cache: %w", err)
	}
	return dir, nil
}

// tensorRTRTXOptions are the plug-in's, in the words of its
// tensorrt_rtx_provider_options.h.
func tensorRTRTXOptions(key engineKey, dir string) map[string]string {
	shape := func(n int) string { return fmt.Sprintf("%s:%dx3x%dx%d", key.Input, n, key.Size, key.Size) }
	o := map[string]string{}
	if key.Input != "" {
		o["nv_profile_min_shapes"], o["nv_profile_opt_shapes"], o["nv_profile_max_shapes"] = shape(1), shape(1), shape(key.MaxBatch)
	}
	if dir != "" {
		o["nv_runtime_cache_path"] = dir
	}
	return o
}

var rtxLibrary = regexp.MustCompile(`libtensorrt_rtx\.so\.([0-9]+\.[0-9.]+)$`)

// rtxVersion returns the version of TensorRT for RTX in a folder.
func rtxVersion(dir string) string {
	files, _ := filepath.Glob(filepath.Join(dir, "libtensorrt_rtx.so.*"))
	for _, file := range files {
		if match := rtxLibrary.FindStringSubmatch(file); match != nil {
			return match[1]
		}
	}
	return unknownPart
}
