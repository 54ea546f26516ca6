package infer

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	ort "github.com/yalue/onnxruntime_go"

	"pristine/infer/bundle"
	"pristine/infer/onnxfile"
)

// modelFile is a model as ONNX Runtime is to open it.
type modelFile struct {
	path    string
	part    []byte // of a file that holds both encoders; nil: the whole file
	hash    string // of the bundle
	size    int    // of its pictures, in pixels
	inputs  map[string]onnxfile.Value
	outputs map[string]onnxfile.Value
}

// readModel reads one of a bundle's models. Of a file with both encoders only
// what the outputs need is taken, since ONNX Runtime would ask for the other's
// inputs too.
func readModel(b *bundle.Bundle, file string, outputs []string) (*modelFile, error) {
	m := &modelFile{path: filepath.Join(b.Dir, file), hash: b.Hash, size: b.Manifest.Image.Size}
	o, err := onnxfile.Read(m.path)
	if err == nil {
		err = o.CheckExternal()
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrModel, err)
	}
	m.outputs = onnxfile.ByName(o.Outputs)
	for _, name := range outputs {
		if err := missing(m.path, "output", name, m.outputs); err != nil {
			return nil, err
		}
	}
	if b.Manifest.Image.File == b.Manifest.Text.File {
		if m.part, err = o.Cut(outputs...); err == nil {
			o, err = onnxfile.Parse(m.part)
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %s: %w", ErrModel, m.path, err)
		}
	}
	m.inputs = onnxfile.ByName(o.Inputs)
	return m, nil
}

func (m *modelFile) open(inputs, outputs []string, options *ort.SessionOptions) (*ort.DynamicAdvancedSession, error) {
	if m.part == nil {
		return ort.NewDynamicAdvancedSession(m.path, inputs, outputs, options)
	}
	if err := options.AddSessionConfigEntry("session.model_external_initializers_file_folder_path", filepath.Dir(m.path)); err != nil {
		return nil, err
	}
	return ort.NewDynamicAdvancedSessionWithONNXData(m.part, inputs, outputs, options)
}

// maxBatch is how many pictures a run may have.
func (m *modelFile) maxBatch(o Options) int {
	for _, v := range m.inputs {
		if len(v.Shape) == 4 && v.Shape[0] > 0 {
			return 1 // the graph was exported for one picture at a time
		}
	}
	if o.MaxBatch <= 0 {
		return defaultMaxBatch
	}
	return o.MaxBatch
}

// takes checks that a model has the named inputs and no others, of one of the
// given types.
func (m *modelFile) takes(types []int, names ...string) error {
	for _, name := range names {
		if err := missing(m.path, "input", name, m.inputs); err != nil {
			return err
		}
		if t := m.inputs[name].Type; !slices.Contains(types, t) {
			return fmt.Errorf("%w: %s: its input %q has the element type %d of ONNX, wanted one of %v: export it with float32 inputs and outputs", ErrModel, m.path, name, t, types)
		}
	}
	for name := range m.inputs {
		if !slices.Contains(names, name) {
			return fmt.Errorf("%w: %s: it also asks for the input %q, which is not known here", ErrModel, m.path, name)
		}
	}
	return nil
}

// missing gives an error that lists what there is when a name is not there.
func missing(path, kind, name string, there map[string]onnxfile.Value) error {
	if _, ok := there[name]; ok {
		return nil
	}
	var names []string
	for n := range there {
		names = append(names, n)
	}
	slices.Sort(names)
	return fmt.Errorf("%w: %s: it has no %s %q, only %s: correct bundle.yaml", ErrModel, path, kind, name, strings.Join(names, ", "))
}
