package infer

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	ort "github.com/yalue/onnxruntime_go"

	"pristine/infer/bundle"
	"pristine/infer/onnxfile"
)

// modelFile is a model in the form that ONNX Runtime opens.
type modelFile struct {
	path    string
	data    []byte // where it is not the file as it stands
	weights string // folder of its external data, where data is not nil
	alone   bool   // it has no external data
	files   []fileState
	small   bool   // so, and has at most smallModel bytes
	hash    string // of the bundle
	size    int    // of its pictures, in pixels
	inputs  map[string]onnxfile.Value
	outputs map[string]onnxfile.Value
}

// readModel reads one of a bundle's models. If a file contains both encoders, it
// extracts the subgraph of the outputs, since ONNX Runtime would otherwise require the
// inputs of both.
func readModel(b *bundle.Bundle, file string, outputs []string) (*modelFile, error) {
	m := &modelFile{path: filepath.Join(b.Dir, file), hash: b.Hash, size: b.Manifest.Image.Size}
	o, err := onnxfile.Read(m.path)
	if err == nil {
		err = o.CheckExternal()
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrModel, err)
	}
	m.alone = len(o.External) == 0
	if err := m.noteFiles(o.External); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrModel, err)
	}
	m.small = m.alone && m.bytes() <= smallModel
	if i := &b.Manifest.Image; i.Outputs.PatchTokens != "" && slices.Contains(outputs, i.Outputs.PatchFeatures) {
		patches := onnxfile.Patches{Tokens: i.Outputs.PatchTokens, Skip: i.PrefixTokens, Output: i.Outputs.PatchFeatures}
		if o, err = m.change(o.AddPatches(patches)); err != nil {
			return nil, err
		}
	}
	for _, name := range outputs {
		if err := missing(m.path, "output", name, onnxfile.ByName(o.Outputs)); err != nil {
			return nil, err
		}
	}
	if b.Manifest.Image.File == b.Manifest.Text.File {
		if o, err = m.change(o.Cut(outputs...)); err != nil {
			return nil, err
		}
	}
	if o, err = m.locate(o); err != nil {
		return nil, err
	}
	if names := halves(o, outputs); len(names) > 0 {
		if o, err = m.change(o.Widen(names...)); err != nil {
			return nil, err
		}
	}
	m.inputs, m.outputs = onnxfile.ByName(o.Inputs), onnxfile.ByName(o.Outputs)
	for _, name := range outputs {
		if t := m.outputs[name].Type; t != onnxfile.Float32 {
			return nil, fmt.Errorf("%w: %s: its output %q is %s, wanted float32 or float16: export it with --dtype fp32 or fp16", ErrModel, m.path, name, onnxfile.TypeName(t))
		}
	}
	return m, nil
}

// noteFiles notes the state of the model's file and of those with its external data.
func (m *modelFile) noteFiles(external []string) error {
	for _, name := range append([]string{filepath.Base(m.path)}, external...) {
		path := filepath.Join(filepath.Dir(m.path), name)
		info, err := os.Stat(path)
		if err != nil {
			return err
		}
		m.files = append(m.files, fileState{path, info})
	}
	return nil
}

// bytes returns the size of the model's files.
func (m *modelFile) bytes() int64 {
	var sum int64
	for _, f := range m.files {
		sum += f.was.Size()
	}
	return sum
}

// changed returns an error if a file has changed since the model was read.
func (m *modelFile) changed() error {
	for _, f := range m.files {
		if err := f.changed(); err != nil {
			return err
		}
	}
	return nil
}

// change replaces the model by data.
func (m *modelFile) change(data []byte, err error) (*onnxfile.Outline, error) {
	var o *onnxfile.Outline
	if err == nil {
		o, err = onnxfile.Parse(data)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrModel, m.path, err)
	}
	m.data = data
	return o, nil
}

// halves returns the inputs and the given outputs that are float16. The encoders use
// float32.
func halves(o *onnxfile.Outline, outputs []string) []string {
	var names []string
	for _, v := range o.Inputs {
		if v.Type == onnxfile.Float16 {
			names = append(names, v.Name)
		}
	}
	for _, v := range o.Outputs {
		if v.Type == onnxfile.Float16 && slices.Contains(outputs, v.Name) {
			names = append(names, v.Name)
		}
	}
	return names
}

// locate finds the folder of external data. ONNX Runtime refuses data outside it, so
// links that leave the folder, as in Hugging Face's cache, are resolved here.
func (m *modelFile) locate(o *onnxfile.Outline) (*onnxfile.Outline, error) {
	m.weights = filepath.Dir(m.path)
	names, linked := map[string]string{}, false
	folder := ""
	for _, name := range o.External {
		path := filepath.Join(filepath.Dir(m.path), name)
		real, err := filepath.EvalSymlinks(path)
		if err != nil {
			return nil, fmt.Errorf("%w: %s: %w", ErrModel, m.path, err)
		}
		if folder == "" {
			folder = filepath.Dir(real)
		}
		inside, err := filepath.Rel(folder, real)
		if err != nil || !filepath.IsLocal(inside) {
			return nil, fmt.Errorf("%w: %s: its external data lies in %s and in %s: copy the files beside the model, in place of the links", ErrModel, m.path, folder, filepath.Dir(real))
		}
		names[name] = filepath.ToSlash(inside)
		linked = linked || isLink(path)
	}
	if !linked {
		return o, nil
	}
	m.weights = folder
	return m.change(o.Relocate(names))
}

// isLink reports whether a file lies elsewhere than its folder.
func isLink(path string) bool {
	dir, err := filepath.EvalSymlinks(filepath.Dir(path))
	if err != nil {
		return false
	}
	real, err := filepath.EvalSymlinks(path)
	return err == nil && real != filepath.Join(dir, filepath.Base(path))
}

func (m *modelFile) open(inputs, outputs []string, options *ort.SessionOptions) (*ort.DynamicAdvancedSession, error) {
	if m.data == nil {
		return ort.NewDynamicAdvancedSession(m.path, inputs, outputs, options)
	}
	if err := options.AddSessionConfigEntry("session.model_external_initializers_file_folder_path", m.weights); err != nil {
		return nil, err
	}
	return ort.NewDynamicAdvancedSessionWithONNXData(m.data, inputs, outputs, options)
}

// maxBatch returns the largest number of pictures per run.
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

// smallModel is the size of a model's file up to which batches do not help on the CPU:
// weights of that size stay in the processor's caches from one run to the next.
const smallModel = 32 << 20

// perRun returns how many pictures the image encoder runs together. On the CPU a run of
// the built-in model with eight pictures takes no less time per picture than eight runs,
// but 180 MB, which ONNX Runtime keeps. A run of one picture takes 9 MB. Outputs then
// also do not depend on the other pictures: an int8 model takes its scales from all
// pictures of a run.
func (m *modelFile) perRun(status Status, o Options) int {
	live, throughput := o.Threads == 0 && o.Runs == 0, o.Runs > 0 && o.MaxBatch == 0
	if status.Provider == "cpu" && m.small && (live || throughput) {
		return 1
	}
	return m.maxBatch(o)
}

// takes checks that a model has exactly the named inputs, each of one of the given
// types.
func (m *modelFile) takes(types []int, names ...string) error {
	for _, name := range names {
		if err := missing(m.path, "input", name, m.inputs); err != nil {
			return err
		}
		if t := m.inputs[name].Type; !slices.Contains(types, t) {
			var wanted []string
			for _, t := range types {
				wanted = append(wanted, onnxfile.TypeName(t))
			}
			return fmt.Errorf("%w: %s: its input %q is %s, wanted %s: export it with --dtype fp32 or fp16, and token ids of int64", ErrModel, m.path, name, onnxfile.TypeName(t), strings.Join(wanted, " or "))
		}
	}
	for name := range m.inputs {
		if !slices.Contains(names, name) {
			return fmt.Errorf("%w: %s: it also asks for the input %q, which is not known here", ErrModel, m.path, name)
		}
	}
	return nil
}

// missing returns an error that lists the existing names if a name is missing.
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
