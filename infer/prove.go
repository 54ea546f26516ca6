package infer

import (
	"fmt"

	"pristine/infer/bundle"

	ort "github.com/yalue/onnxruntime_go"
)

// proof is what an accelerated session showed before it may serve.
type proof struct {
	Placement Placement
	Parity    Parity
}

// prove checks that a session of an image encoder runs on its provider, and
// that its outputs are the CPU's.
func prove(b *bundle.Bundle, provider string, m *modelFile, session *ort.DynamicAdvancedSession, outputs []string, o Options) (*proof, error) {
	i := &b.Manifest.Image
	inputs := []string{i.Input}
	pictures, err := parityPictures(b)
	if err != nil {
		return nil, err
	}
	feed, err := ort.NewTensor(ort.NewShape(1, 3, int64(i.Size), int64(i.Size)), pictures[0])
	if err != nil {
		return nil, err
	}
	defer func() { _ = feed.Destroy() }()
	p := &proof{}
	if p.Placement, err = placement(provider, m, inputs, outputs, []ort.Value{feed}, o); err != nil {
		return nil, err
	}
	if err := p.Placement.check(provider); err != nil {
		return nil, err
	}
	cpu, err := openOn("cpu", m, inputs, outputs, Options{Threads: o.Threads})
	if err != nil {
		return nil, fmt.Errorf("open the CPU's session for the parity gate: %w", err)
	}
	defer func() { _ = cpu.Destroy() }()
	if p.Parity, err = measureParity(pictures, m.maxBatch(o), embedder(cpu, i, len(outputs)), embedder(session, i, len(outputs))); err != nil {
		return nil, err
	}
	return p, p.Parity.Check()
}
