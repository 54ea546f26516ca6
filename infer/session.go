package infer

import (
	"errors"
	"fmt"
	"os"
	"strings"

	ort "github.com/yalue/onnxruntime_go"
)

// Options say where a model runs.
type Options struct {
	Providers []string // in order of preference: tensorrt, cuda, cpu; empty is cpu
	Policy    string   // require (the default): the first provider or an error; fallback: the next, degraded
	Threads   int      // of one run; 0 is one a core
	MaxBatch  int      // pictures a run; 0 is 8
	CacheDir  string   // of TensorRT engines
}

// Status says what really runs.
type Status struct {
	Provider string
	Degraded bool   // another provider than the first was taken
	Reason   string // why
}

// ErrModel is returned within an error when a model file cannot be used.
var ErrModel = errors.New("the model cannot be used")

// openSession opens a model on the first provider that works, as the policy
// allows.
func openSession(m *modelFile, inputs, outputs []string, o Options) (*ort.DynamicAdvancedSession, Status, error) {
	providers := o.Providers
	if len(providers) == 0 {
		providers = []string{"cpu"}
	}
	var reasons []string
	for i, provider := range providers {
		s, err := openOn(provider, m, inputs, outputs, o)
		if err == nil {
			return s, Status{Provider: provider, Degraded: i > 0, Reason: strings.Join(reasons, "; ")}, nil
		}
		reasons = append(reasons, fmt.Sprintf("%s: %v", provider, err))
		if o.Policy != "fallback" {
			break
		}
	}
	return nil, Status{}, fmt.Errorf("%w: %s: %s", ErrModel, m.path, strings.Join(reasons, "; "))
}

func openOn(provider string, m *modelFile, inputs, outputs []string, o Options) (*ort.DynamicAdvancedSession, error) {
	options, err := ort.NewSessionOptions()
	if err != nil {
		return nil, err
	}
	defer func() { _ = options.Destroy() }()
	if err := configure(options, provider, m.hash, o); err != nil {
		return nil, err
	}
	s, err := m.open(inputs, outputs, options)
	if err != nil {
		return nil, fmt.Errorf("open the model: %w", err)
	}
	return s, nil
}

func configure(options *ort.SessionOptions, provider, hash string, o Options) error {
	errs := []error{
		options.SetIntraOpNumThreads(o.Threads),
		options.SetInterOpNumThreads(1),
		// Threads that spin between frames would keep a small box busy.
		options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0"),
	}
	switch provider {
	case "cpu":
	case "cuda":
		errs = append(errs, appendCUDA(options))
	case "tensorrt":
		errs = append(errs, appendTensorRT(options, hash, o.CacheDir))
	default:
		errs = append(errs, fmt.Errorf("unknown provider %q: cpu, cuda and tensorrt are known", provider))
	}
	return errors.Join(errs...)
}

func appendCUDA(options *ort.SessionOptions) error {
	cuda, err := ort.NewCUDAProviderOptions()
	if err != nil {
		return fmt.Errorf("this ONNX Runtime has no CUDA provider: set %s to one that has: %w", LibraryVariable, err)
	}
	defer func() { _ = cuda.Destroy() }()
	if err := options.AppendExecutionProviderCUDA(cuda); err != nil {
		return fmt.Errorf("the CUDA provider does not start: set %s to an ONNX Runtime that has it: %w", LibraryVariable, err)
	}
	return nil
}

// appendTensorRT keeps engines apart by the bundle's hash; ONNX Runtime adds
// the GPU's architecture and the TensorRT version to their names.
func appendTensorRT(options *ort.SessionOptions, hash, cacheDir string) error {
	trt, err := ort.NewTensorRTProviderOptions()
	if err != nil {
		return fmt.Errorf("this ONNX Runtime has no TensorRT provider: set %s to one that has: %w", LibraryVariable, err)
	}
	defer func() { _ = trt.Destroy() }()
	if cacheDir != "" {
		dir := cacheDir + "/" + hash[:min(16, len(hash))]
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return fmt.Errorf("make the engine cache: %w", err)
		}
		if err := trt.Update(map[string]string{
			"trt_engine_cache_enable": "1", "trt_engine_cache_path": dir,
			"trt_timing_cache_enable": "1", "trt_timing_cache_path": dir,
		}); err != nil {
			return fmt.Errorf("set the engine cache: %w", err)
		}
	}
	if err := options.AppendExecutionProviderTensorRT(trt); err != nil {
		return fmt.Errorf("the TensorRT provider does not start: set %s to an ONNX Runtime that has it: %w", LibraryVariable, err)
	}
	return nil
}
