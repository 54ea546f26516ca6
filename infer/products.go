package infer

import (
	_ "embed"
	"fmt"
	"sync"

	ort "github.com/yalue/onnxruntime_go"
)

// productsGraph is written by training/export/graphs.py.
//
//go:embed graphs/products.onnx
var productsGraph []byte

// Products multiplies a query with many stored vectors, a byte a number: one
// matrix product on the CPU. Safe for concurrent use.
type Products struct {
	mu      sync.Mutex
	dim     int
	session *ort.DynamicAdvancedSession
	binding *ort.IoBinding
	memory  *ort.Tensor[uint8]
	query   *ort.Tensor[int8]
	out     *ort.Tensor[int32]
}

// NewProducts makes one for vectors [n, dim], at least one. They are not copied
// and may not move, change or end before Close: they should lie in memory that
// is mapped or otherwise not Go's.
func NewProducts(_ *Library, vectors []byte, dim int, o Options) (*Products, error) {
	if dim <= 0 || len(vectors) == 0 || len(vectors)%dim != 0 {
		return nil, fmt.Errorf("make products: %d bytes are no vectors of %d", len(vectors), dim)
	}
	p := &Products{dim: dim}
	if err := p.open(vectors, o); err != nil {
		p.Close()
		return nil, fmt.Errorf("make products: %w", err)
	}
	return p, nil
}

func (p *Products) open(vectors []byte, o Options) error {
	options, err := ort.NewSessionOptions()
	if err != nil {
		return err
	}
	defer func() { _ = options.Destroy() }()
	if err := configure(options, "cpu", "", o); err != nil {
		return err
	}
	if p.session, err = ort.NewDynamicAdvancedSessionWithONNXData(productsGraph, []string{"memory", "query"}, []string{"products"}, options); err != nil {
		return err
	}
	n, dim := int64(len(vectors)/p.dim), int64(p.dim)
	if p.memory, err = ort.NewTensor(ort.NewShape(n, dim), vectors); err != nil {
		return err
	}
	if p.query, err = ort.NewEmptyTensor[int8](ort.NewShape(dim, 1)); err != nil {
		return err
	}
	if p.out, err = ort.NewEmptyTensor[int32](ort.NewShape(n, 1)); err != nil {
		return err
	}
	if p.binding, err = p.session.CreateIoBinding(); err != nil {
		return err
	}
	if err := p.binding.BindInput("memory", p.memory); err != nil {
		return err
	}
	if err := p.binding.BindInput("query", p.query); err != nil {
		return err
	}
	return p.binding.BindOutput("products", p.out)
}

// Products writes out[i] = Σ vectors[i][k]·query[k].
func (p *Products) Products(query []int8, out []int32) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(query) != p.dim || len(out) != len(p.out.GetData()) {
		return fmt.Errorf("multiply: a query of %d numbers for %d results: wanted %d and %d", len(query), len(out), p.dim, len(p.out.GetData()))
	}
	copy(p.query.GetData(), query)
	if err := p.session.RunWithBinding(p.binding); err != nil {
		return fmt.Errorf("multiply: %w", err)
	}
	copy(out, p.out.GetData())
	return nil
}

// Close frees the C memory. Products may not be called afterwards.
func (p *Products) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.binding != nil {
		_ = p.binding.Destroy()
	}
	if p.memory != nil {
		_ = p.memory.Destroy()
	}
	if p.query != nil {
		_ = p.query.Destroy()
	}
	if p.out != nil {
		_ = p.out.Destroy()
	}
	if p.session != nil {
		_ = p.session.Destroy()
	}
	p.binding, p.memory, p.query, p.session = nil, nil, nil, nil
}
