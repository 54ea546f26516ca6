package infer

import (
	"errors"
	"fmt"
	"math"

	ort "github.com/yalue/onnxruntime_go"
)

// batch is the bound input and outputs of a run of n pictures. They are bound once, so
// that a run does not allocate.
type batch struct {
	n       int
	next    *batch // in the list of free ones
	pixels  []float32
	bound   [2]bound    // to the session on all cores, and to that of the lanes
	values  []ort.Value // the input, and the outputs
	outputs [][]float32 // in the order of ImageEncoder.names

	lane   bool      // it runs in a lane
	wake   chan bool // true: run the session now; false: others did, see err
	err    error
	joined []*batch // the batches of the run that this one leads, itself first
	total  int      // their pictures
	number uint64   // of the last run that it was in
}

// borrow returns a batch that no other call uses.
func (e *ImageEncoder) borrow(n int) (*batch, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if b := e.batches[n]; b != nil {
		e.batches[n] = b.next
		return b, nil
	}
	return e.newBatch(n)
}

func (e *ImageEncoder) giveBack(b *batch) {
	e.mu.Lock()
	defer e.mu.Unlock()
	b.next = e.batches[b.n]
	e.batches[b.n] = b
}

func (e *ImageEncoder) newBatch(n int) (*batch, error) {
	size := int64(e.bundle.Manifest.Image.Size)
	input, err := ort.NewEmptyTensor[float32](ort.NewShape(int64(n), 3, size, size))
	if err != nil {
		return nil, err
	}
	b := &batch{n: n, pixels: input.GetData(), values: []ort.Value{input}, wake: make(chan bool, 1)}
	for _, name := range e.names {
		output, err := ort.NewEmptyTensor[float32](e.shapeOf(name, n))
		if err != nil {
			b.destroy()
			return nil, err
		}
		b.values = append(b.values, output)
		b.outputs = append(b.outputs, output.GetData())
	}
	return b, nil
}

func (e *ImageEncoder) shapeOf(name string, n int) ort.Shape {
	o := &e.bundle.Manifest.Image.Outputs
	switch name {
	case o.PatchEmbeddings:
		return ort.NewShape(int64(n), int64(e.shapes.PatchGrid[0]*e.shapes.PatchGrid[1]), int64(e.shapes.Dim))
	case o.PatchFeatures:
		return ort.NewShape(int64(n), int64(e.shapes.FeatureGrid[0]*e.shapes.FeatureGrid[1]), int64(e.shapes.FeatureDim))
	default:
		return ort.NewShape(int64(n), int64(e.shapes.Dim))
	}
}

func (b *batch) copyTo(i int, o *Output, e *ImageEncoder) {
	o.Embedding, o.PatchEmbeddings, o.PatchFeatures = o.Embedding[:0], o.PatchEmbeddings[:0], o.PatchFeatures[:0]
	for k, name := range e.names {
		per := len(b.outputs[k]) / b.n
		part := b.outputs[k][i*per : (i+1)*per]
		switch name {
		case e.bundle.Manifest.Image.Outputs.PatchEmbeddings:
			o.PatchEmbeddings = append(o.PatchEmbeddings, part...)
		case e.bundle.Manifest.Image.Outputs.PatchFeatures:
			o.PatchFeatures = append(o.PatchFeatures, part...)
		default:
			o.Embedding = unit(append(o.Embedding, part...))
		}
	}
}

// bound is the binding of a batch to a session.
type bound struct {
	session *ort.DynamicAdvancedSession
	values  *ort.IoBinding
}

// bindingOf returns the batch's binding to a session, and whether it is new.
func (b *batch) bindingOf(e *ImageEncoder, session *ort.DynamicAdvancedSession) (*ort.IoBinding, bool, error) {
	for i := range b.bound {
		switch have := &b.bound[i]; have.session {
		case session:
			return have.values, false, nil
		case nil:
			values, err := b.bind(e, session)
			if err != nil {
				return nil, false, err
			}
			*have = bound{session, values}
			return values, true, nil
		}
	}
	return nil, false, errors.New("a batch is bound to two sessions at most")
}

func (b *batch) bind(e *ImageEncoder, session *ort.DynamicAdvancedSession) (*ort.IoBinding, error) {
	values, err := session.CreateIoBinding()
	if err != nil {
		return nil, err
	}
	err = values.BindInput(e.bundle.Manifest.Image.Input, b.values[0])
	for k, name := range e.names {
		err = errors.Join(err, values.BindOutput(name, b.values[1+k]))
	}
	if err != nil {
		return nil, errors.Join(err, values.Destroy())
	}
	return values, nil
}

// run runs a session on the batch. The first run of a size is one of those in
// which the CUDA provider installs signal handlers.
func (b *batch) run(e *ImageEncoder, session *ort.DynamicAdvancedSession) error {
	values, first, err := b.bindingOf(e, session)
	if err != nil {
		return explain(err)
	}
	err = session.RunWithBinding(values)
	if first {
		goHandlers().Restore()
	}
	return explain(err)
}

func (b *batch) destroy() {
	for _, to := range b.bound {
		if to.values != nil {
			_ = to.values.Destroy()
		}
	}
	for _, v := range b.values {
		_ = v.Destroy()
	}
}

// learnShapes runs one grey picture, so that a model with other shapes is refused when
// it is opened.
func (e *ImageEncoder) learnShapes() error {
	size := int64(e.bundle.Manifest.Image.Size)
	input, err := ort.NewEmptyTensor[float32](ort.NewShape(1, 3, size, size))
	if err != nil {
		return err
	}
	defer func() { _ = input.Destroy() }()
	outputs := make([]ort.Value, len(e.names))
	if err := e.session.Run([]ort.Value{input}, outputs); err != nil {
		return fmt.Errorf("it does not run on a %d×%d picture: %w", size, size, explain(err))
	}
	defer func() {
		for _, o := range outputs {
			_ = o.Destroy()
		}
	}()
	o := &e.bundle.Manifest.Image.Outputs
	var errs []error
	for i, name := range e.names {
		shape := outputs[i].GetShape()
		switch name {
		case o.PatchEmbeddings:
			e.shapes.PatchGrid, err = grid(name, shape)
			errs = append(errs, err, dimension(name, shape, e.bundle.Manifest.EmbeddingDim))
		case o.PatchFeatures:
			e.shapes.FeatureGrid, err = grid(name, shape)
			e.shapes.FeatureDim = int(shape[len(shape)-1])
			errs = append(errs, err)
		default:
			e.shapes.Dim = e.bundle.Manifest.EmbeddingDim
			errs = append(errs, dimension(name, shape, e.shapes.Dim))
		}
	}
	return errors.Join(errs...)
}

// grid takes the patches of [1, n, dim] for a square.
func grid(name string, shape ort.Shape) ([2]int, error) {
	if len(shape) != 3 || shape[0] != 1 {
		return [2]int{}, fmt.Errorf("output %q has the shape %v, wanted [1, patches, dim]", name, shape)
	}
	side := int(math.Round(math.Sqrt(float64(shape[1]))))
	if int64(side*side) != shape[1] || side == 0 {
		return [2]int{}, fmt.Errorf("output %q has %d patches, which is no square", name, shape[1])
	}
	return [2]int{side, side}, nil
}

func dimension(name string, shape ort.Shape, dim int) error {
	if len(shape) == 0 || shape[0] != 1 || shape[len(shape)-1] != int64(dim) {
		return fmt.Errorf("output %q has the shape %v, but embedding_dim is %d", name, shape, dim)
	}
	return nil
}

// Close frees the C memory. No other method may be called afterwards.
func (e *ImageEncoder) Close() {
	e.stopLanes()
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, b := range e.batches { // before the sessions that they are bound to
		for ; b != nil; b = b.next {
			b.destroy()
		}
	}
	e.batches = nil
	for _, session := range []**ort.DynamicAdvancedSession{&e.session, &e.lanes.session} {
		if *session != nil {
			_ = (*session).Destroy()
			*session = nil
		}
	}
}
