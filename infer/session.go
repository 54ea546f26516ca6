package infer

import (
	"errors"
	"fmt"
	"strings"

	ort "github.com/yalue/onnxruntime_go"

	"pristine/internal/signals"
)

// Options say where a model runs.
type Options struct {
	Providers []string // in order of preference: tensorrt, cuda, openvino (its CPU; openvino:GPU, openvino:NPU), cpu; empty is cpu
	Policy    string   // require (the default): the first provider or an error; fallback: the next, degraded
	Threads   int      // of one run; 0 is one a core, and on the CPU several runs of one thread each where pictures queue
	MaxBatch  int      // pictures a run at most; 0 is 8. On the CPU a small model runs one at a time: see perRun
	Runs      int      // of the image encoder at once; 0 is 1, or as Threads says. One thread each gives the most pictures a second, all threads to one run the shortest wait
	CacheDir  string   // of TensorRT's and OpenVINO's engines
	Precision string   // of TensorRT, and of OpenVINO's GPU and NPU: fp32 (the default) or fp16; a model in int8 is one of its own

	engine engineKey // of the model that is opened
}

// Providers names all that Options.Providers may have.
func Providers() []string {
	return []string{"tensorrt", "cuda", openvino, openvino + ":GPU", openvino + ":NPU", "cpu"}
}

// defaultMaxBatch is what Options.MaxBatch is where it is 0.
const defaultMaxBatch = 8

// Status says what really runs.
type Status struct {
	Provider  string
	Degraded  bool      // another provider than the first was taken
	Reason    string    // why
	Placement Placement // of an accelerated image encoder's nodes
	Parity    Parity    // of an accelerated image encoder
	Runs      string    // how pictures are run on the CPU; "" until some have queued
}

// ErrModel is returned within an error when a model file cannot be used.
var ErrModel = errors.New("the model cannot be used")

// openSession opens a model on the first provider that works, as the policy
// allows. One that is accelerated must prove itself before it may serve.
func openSession(m *modelFile, inputs, outputs []string, o Options, prove func(provider string, s *ort.DynamicAdvancedSession) (*proof, error)) (*ort.DynamicAdvancedSession, Status, error) {
	open := func(provider string) (*ort.DynamicAdvancedSession, *proof, error) {
		s, err := openOn(provider, m, inputs, outputs, o)
		if err != nil || provider == "cpu" {
			return s, &proof{}, err
		}
		p, err := prove(provider, s)
		if err != nil {
			_ = s.Destroy()
		}
		return s, p, err
	}
	s, status, err := firstUsable(o, open)
	goHandlers().Restore()
	if err != nil {
		return nil, status, fmt.Errorf("%w: %s: %w", ErrModel, m.path, err)
	}
	return s, status, nil
}

// firstUsable opens a session on the first provider that the policy allows and
// that proves itself.
func firstUsable[S any](o Options, open func(provider string) (S, *proof, error)) (S, Status, error) {
	providers := o.Providers
	if len(providers) == 0 {
		providers = []string{"cpu"}
	}
	var failed refusals
	for i, provider := range providers {
		unlock := lockEngines(provider, o.CacheDir)
		s, p, err := open(provider)
		unlock()
		if err == nil {
			status := Status{Provider: provider, Degraded: i > 0, Placement: p.Placement, Parity: p.Parity}
			if i > 0 {
				status.Reason = failed.Error()
			}
			return s, status, nil
		}
		failed = append(failed, fmt.Errorf("%s: %w", provider, err))
		if o.Policy != "fallback" {
			break
		}
	}
	var none S
	return none, Status{}, failed
}

// refusals are why providers were not taken, in one line.
type refusals []error

// Error joins the reasons.
func (r refusals) Error() string {
	texts := make([]string, len(r))
	for i, err := range r {
		texts[i] = err.Error()
	}
	return strings.Join(texts, "; ")
}

// Unwrap returns the reasons.
func (r refusals) Unwrap() []error { return r }

// openOn opens a session on a provider.
func openOn(provider string, m *modelFile, inputs, outputs []string, o Options) (*ort.DynamicAdvancedSession, error) {
	return openWith(provider, m, inputs, outputs, o, func(*ort.SessionOptions) error { return nil })
}

// openWith opens a session on a provider, with options that change alters.
func openWith(provider string, m *modelFile, inputs, outputs []string, o Options, change func(*ort.SessionOptions) error) (s *ort.DynamicAdvancedSession, err error) {
	options, err := ort.NewSessionOptions()
	if err != nil {
		return nil, err
	}
	defer func() { _ = options.Destroy() }()
	signals.KeepStack(func() {
		if err = errors.Join(configure(options, provider, m.hash, m.options(o)), change(options)); err != nil {
			return
		}
		if s, err = m.open(inputs, outputs, options); err != nil {
			err = fmt.Errorf("open the model: %w", explain(err))
		}
	})
	return s, err
}

func configure(options *ort.SessionOptions, provider, hash string, o Options) error {
	errs := []error{
		options.SetIntraOpNumThreads(o.Threads),
		options.SetInterOpNumThreads(1),
		// Threads that spin between frames would keep a small box busy.
		options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0"),
	}
	name, device := splitProvider(provider)
	switch name {
	case "cpu":
	case "cuda":
		errs = append(errs, appendCUDA(options))
	case "tensorrt":
		errs = append(errs, appendAnyTensorRT(options, hash, o))
	case openvino:
		errs = append(errs, appendOpenVINO(options, device, hash, o))
	default:
		errs = append(errs, fmt.Errorf("unknown provider %q: cpu, cuda, tensorrt and openvino are known", provider))
	}
	return errors.Join(errs...)
}

func appendCUDA(options *ort.SessionOptions) error {
	cuda, err := ort.NewCUDAProviderOptions()
	if err != nil {
		return fmt.Errorf("this ONNX Runtime has no CUDA provider: run `edge provider install cuda`, or set %s to one that has: %w", LibraryVariable, err)
	}
	defer func() { _ = cuda.Destroy() }()
	if err := options.AppendExecutionProviderCUDA(cuda); err != nil {
		return fmt.Errorf("the CUDA provider does not start, for want of a driver or a library (ONNX Runtime names it above): run `edge provider install cuda`, or set %s to an ONNX Runtime that has it: %w", LibraryVariable, err)
	}
	return nil
}
