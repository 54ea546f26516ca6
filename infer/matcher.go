package infer

import (
	_ "embed"
	"fmt"
	"sync"

	ort "github.com/yalue/onnxruntime_go"
)

// maxCosine is written by training/export/graphs.py.
//
//go:embed graphs/max_cosine.onnx
var maxCosine []byte

// Matcher finds the nearest of many vectors by one matrix product.
type Matcher struct {
	mu      sync.Mutex
	session *ort.DynamicAdvancedSession
	bound   map[matchShape]*match
}

type matchShape struct{ queries, memory, dim int }

type match struct {
	binding                 *ort.IoBinding
	queries, memory, result *ort.Tensor[float32]
}

// maxMatches is the largest number of shapes whose buffers are kept.
const maxMatches = 8

// NewMatcher returns a matcher on the CPU.
func NewMatcher(_ *Library, o Options) (*Matcher, error) {
	options, err := ort.NewSessionOptions()
	if err != nil {
		return nil, fmt.Errorf("make matcher: %w", err)
	}
	defer func() { _ = options.Destroy() }()
	if err := configure(options, "cpu", "", o); err != nil {
		return nil, fmt.Errorf("make matcher: %w", err)
	}
	session, err := ort.NewDynamicAdvancedSessionWithONNXData(maxCosine, []string{"queries", "memory"}, []string{"cosine"}, options)
	if err != nil {
		return nil, fmt.Errorf("make matcher: %w", err)
	}
	return &Matcher{session: session, bound: map[matchShape]*match{}}, nil
}

// MaxCosine writes out[i] = max over j of queries[i]·memory[j]. Rows have dim numbers.
// It is safe for concurrent use. It allocates nothing for known sizes.
func (m *Matcher) MaxCosine(queries, memory []float32, dim int, out []float32) error {
	if dim <= 0 || len(queries) != len(out)*dim || len(memory)%dim != 0 || len(memory) == 0 || len(out) == 0 {
		return fmt.Errorf("match vectors: %d queries and %d of memory do not make rows of %d for %d results", len(queries), len(memory), dim, len(out))
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	b, err := m.bind(matchShape{len(out), len(memory) / dim, dim})
	if err != nil {
		return fmt.Errorf("match vectors: %w", err)
	}
	copy(b.queries.GetData(), queries)
	copy(b.memory.GetData(), memory)
	if err := m.session.RunWithBinding(b.binding); err != nil {
		return fmt.Errorf("match vectors: %w", err)
	}
	copy(out, b.result.GetData())
	return nil
}

func (m *Matcher) bind(s matchShape) (*match, error) {
	if b := m.bound[s]; b != nil {
		return b, nil
	}
	if len(m.bound) >= maxMatches {
		m.free()
	}
	b := &match{}
	var err error
	if b.queries, err = ort.NewEmptyTensor[float32](ort.NewShape(int64(s.queries), int64(s.dim))); err != nil {
		return nil, err
	}
	if b.memory, err = ort.NewEmptyTensor[float32](ort.NewShape(int64(s.memory), int64(s.dim))); err != nil {
		return nil, err
	}
	if b.result, err = ort.NewEmptyTensor[float32](ort.NewShape(int64(s.queries))); err != nil {
		return nil, err
	}
	if b.binding, err = m.session.CreateIoBinding(); err != nil {
		return nil, err
	}
	for _, bind := range []struct {
		name  string
		value ort.Value
		to    func(string, ort.Value) error
	}{{"queries", b.queries, b.binding.BindInput}, {"memory", b.memory, b.binding.BindInput}, {"cosine", b.result, b.binding.BindOutput}} {
		if err := bind.to(bind.name, bind.value); err != nil {
			return nil, err
		}
	}
	m.bound[s] = b
	return b, nil
}

func (m *Matcher) free() {
	for _, b := range m.bound {
		_ = b.binding.Destroy()
		for _, t := range []*ort.Tensor[float32]{b.queries, b.memory, b.result} {
			_ = t.Destroy()
		}
	}
	clear(m.bound)
}

// Close frees the C memory. MaxCosine may not be called afterwards.
func (m *Matcher) Close() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.free()
	if m.session != nil {
		_ = m.session.Destroy()
		m.session = nil
	}
}
