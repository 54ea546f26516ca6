package bundle

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"pristine/infer/onnxfile"
	"pristine/infer/tokenizer"
)

// Export is a Hugging Face export of a CLIP-type model, as it lies on the disk:
//
//	config.json  preprocessor_config.json  tokenizer.json
//	onnx/vision_model.onnx  onnx/text_model.onnx    or  onnx/model.onnx
//
// where the ONNX files may also lie beside the others. The names are those of
// Manifest.Files.
type Export struct {
	Manifest Manifest
	Sources  map[string]string // paths by name, all files that the bundle needs
}

// ExportOptions say how an export is read.
type ExportOptions struct {
	Name       string  // of the bundle; empty: that of the folder
	Variant    string  // such as fp16 for vision_model_fp16.onnx; empty: full precision
	LogitScale float64 // where the model does not carry its own; 0: CLIP's 100
}

// ErrExport is returned within an error when files are no export of a
// CLIP-type model.
var ErrExport = errors.New("it is no Hugging Face export of a CLIP-type model")

// isExport tells whether a folder looks like one.
func isExport(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "config.json"))
	return err == nil
}

// openExport opens an export where it lies.
func openExport(dir string) (*Bundle, error) {
	e, err := ReadExport([]string{dir}, ExportOptions{})
	if err != nil {
		return nil, fmt.Errorf("open bundle: %w", err)
	}
	m := &e.Manifest
	place := func(name string) (string, error) { return filepath.Rel(dir, e.Sources[name]) }
	if m.Image.File, err = place(m.Image.File); err != nil {
		return nil, fmt.Errorf("open bundle: %w", err)
	}
	if m.Text.File, err = place(m.Text.File); err != nil {
		return nil, fmt.Errorf("open bundle: %w", err)
	}
	for name := range e.Sources {
		file, err := place(name)
		if err != nil {
			return nil, fmt.Errorf("open bundle: %w", err)
		}
		if m.Files[file], err = hashFile(e.Sources[name]); err != nil {
			return nil, fmt.Errorf("open bundle: %w", err)
		}
	}
	return &Bundle{Dir: dir, Manifest: *m, Hash: m.hash()}, nil
}

// ReadExport reads the files of an export, or those in its folder, and derives
// the manifest of a bundle, but for the hashes.
func ReadExport(paths []string, o ExportOptions) (*Export, error) {
	files, err := exportFiles(paths)
	if err != nil {
		return nil, err
	}
	r := &exportReader{files: files, options: o, export: &Export{Sources: map[string]string{}}}
	if err := r.read(); err != nil {
		return nil, fmt.Errorf("read export %s: %w", paths[0], err)
	}
	if r.export.Manifest.Name == "" {
		r.export.Manifest.Name = exportName(paths[0])
	}
	return r.export, nil
}

// exportName is the folder's, also where only its files are given.
func exportName(path string) string {
	absolute, err := filepath.Abs(path)
	if err != nil {
		absolute = path
	}
	if info, err := os.Stat(absolute); err == nil && !info.IsDir() {
		absolute = filepath.Dir(absolute)
	}
	if filepath.Base(absolute) == "onnx" {
		absolute = filepath.Dir(absolute)
	}
	return filepath.Base(absolute)
}

// exportFiles lists files by base name: those given, and those of folders and
// their onnx folders.
func exportFiles(paths []string) (map[string]string, error) {
	files := map[string]string{}
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			return nil, fmt.Errorf("read export: %w", err)
		}
		if !info.IsDir() {
			files[filepath.Base(path)] = path
			continue
		}
		for _, dir := range []string{path, filepath.Join(path, "onnx")} {
			entries, err := os.ReadDir(dir)
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				return nil, fmt.Errorf("read export: %w", err)
			}
			for _, e := range entries {
				if !e.IsDir() {
					files[e.Name()] = filepath.Join(dir, e.Name())
				}
			}
		}
	}
	return files, nil
}

// exportReader gathers what the files of an export say.
type exportReader struct {
	files        map[string]string
	options      ExportOptions
	config       modelConfig
	preprocessor preprocessorConfig
	export       *Export
}

func (r *exportReader) read() error {
	if err := r.json("config.json", &r.config); err != nil {
		return err
	}
	if err := r.json("preprocessor_config.json", &r.preprocessor); err != nil {
		return err
	}
	if err := r.config.check(); err != nil {
		return err
	}
	m := &r.export.Manifest
	*m = Manifest{
		Name: r.options.Name, Version: "1", Licence: "see the model's card", Files: map[string]string{},
		LogitScale: 100, PatchLogitScale: 100, EmbeddingDim: r.config.ProjectionDim,
	}
	if r.options.Variant != "" {
		m.Version = r.options.Variant
	}
	var err error
	if m.Image, err = r.preprocessor.manifest(r.config.Vision.ImageSize); err != nil {
		return fmt.Errorf("%s: %w", r.files["preprocessor_config.json"], err)
	}
	m.Text = TextManifest{ContextLength: r.config.context(), Pad: "none"}
	if err := r.models(); err != nil {
		return err
	}
	if r.options.LogitScale > 0 {
		m.LogitScale = r.options.LogitScale
	}
	if err := r.tokenizer(); err != nil {
		return err
	}
	var errs []error
	m.check(func(key, format string, args ...any) {
		if key != "files" { // their hashes are not known yet
			errs = append(errs, fmt.Errorf("%w: %s %s", ErrExport, key, fmt.Sprintf(format, args...)))
		}
	})
	return errors.Join(errs...)
}

func (r *exportReader) json(name string, v any) error {
	path, ok := r.files[name]
	if !ok {
		return fmt.Errorf("%w: %s is missing, there is %s", ErrExport, name, strings.Join(slices.Sorted(maps.Keys(r.files)), ", "))
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, v); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// models finds the ONNX files and what they take and give.
func (r *exportReader) models() error {
	m, suffix := &r.export.Manifest, ""
	if r.options.Variant != "" {
		suffix = "_" + r.options.Variant
	}
	vision, text, both := "vision_model"+suffix+".onnx", "text_model"+suffix+".onnx", "model"+suffix+".onnx"
	switch {
	case r.files[vision] != "" && r.files[text] != "":
		m.Image.File, m.Text.File = "image.onnx", "text.onnx"
	case r.files[both] != "":
		m.Image.File, m.Text.File = "model.onnx", "model.onnx"
		vision, text = both, both
	default:
		return fmt.Errorf("%w: there is neither %s with %s nor %s; there is %s", ErrExport, vision, text, both, strings.Join(r.modelNames(), ", "))
	}
	if err := r.imageModel(r.files[vision]); err != nil {
		return err
	}
	return r.textModel(r.files[text])
}

// modelNames lists the ONNX files that there are.
func (r *exportReader) modelNames() []string {
	var names []string
	for name := range r.files {
		if strings.HasSuffix(name, ".onnx") {
			names = append(names, name)
		}
	}
	if names == nil {
		return []string{"no ONNX file"}
	}
	slices.Sort(names)
	return names
}

// outline reads a model, and adds it and its external data to the sources.
func (r *exportReader) outline(path, name string) (*onnxfile.Outline, error) {
	o, err := onnxfile.Read(path)
	if err != nil {
		return nil, err
	}
	if err := o.CheckExternal(); err != nil {
		return nil, err
	}
	r.export.Sources[name] = path
	for _, external := range o.External {
		r.export.Sources[external] = filepath.Join(filepath.Dir(path), external)
	}
	return o, nil
}

func (r *exportReader) imageModel(path string) error {
	m := &r.export.Manifest
	o, err := r.outline(path, m.Image.File)
	if err != nil {
		return err
	}
	inputs := onnxfile.ByName(o.Inputs)
	if err := missing(path, "input", "pixel_values", inputs); err != nil {
		return err
	}
	m.Image.Input = "pixel_values"
	if shape := inputs["pixel_values"].Shape; len(shape) == 4 && shape[2] > 0 && shape[2] != int64(m.Image.Size) {
		return fmt.Errorf("%w: %s takes pictures of %d pixels, but preprocessor_config.json makes %d", ErrExport, path, shape[2], m.Image.Size)
	}
	if m.Image.Outputs.Embedding, err = r.embedding(o, "image_embeds"); err != nil {
		return err
	}
	// A combined model carries its own scale.
	if scale, ok := o.Scalar("logit_scale"); ok && scale > 0 && scale < 10 {
		m.LogitScale = math.Exp(scale)
	}
	return nil
}

func (r *exportReader) textModel(path string) error {
	m := &r.export.Manifest
	o, err := r.outline(path, m.Text.File)
	if err != nil {
		return err
	}
	inputs := onnxfile.ByName(o.Inputs)
	if err := missing(path, "input", "input_ids", inputs); err != nil {
		return err
	}
	m.Text.Inputs.IDs = "input_ids"
	if _, ok := inputs["attention_mask"]; ok {
		m.Text.Inputs.Mask = "attention_mask"
	}
	if shape := inputs["input_ids"].Shape; len(shape) == 2 && shape[1] > 0 {
		m.Text.ContextLength, m.Text.Pad = int(shape[1]), "masked"
	}
	if r.config.sigmoid() {
		m.Text.Pad = "attended" // its texts were padded in training, without a mask
	}
	m.Text.Output, err = r.embedding(o, "text_embeds")
	return err
}

// embedding finds the output with the embedding: SigLIP's towers have no
// projection behind the pooler.
func (r *exportReader) embedding(o *onnxfile.Outline, name string) (string, error) {
	outputs := onnxfile.ByName(o.Outputs)
	if _, ok := outputs[name]; !ok && r.config.sigmoid() {
		name = "pooler_output"
	}
	if _, ok := outputs[name]; !ok {
		return "", fmt.Errorf("%w: %s has no output %q, only %s: export the model with its projection", ErrExport, o.Path, name, strings.Join(slices.Sorted(maps.Keys(outputs)), ", "))
	}
	shape, m := outputs[name].Shape, &r.export.Manifest
	if n := len(shape); n > 0 && shape[n-1] > 0 {
		if m.EmbeddingDim != 0 && m.EmbeddingDim != int(shape[n-1]) {
			return "", fmt.Errorf("%w: %s gives embeddings of %d numbers, but config.json says %d", ErrExport, o.Path, shape[n-1], m.EmbeddingDim)
		}
		m.EmbeddingDim = int(shape[n-1])
	}
	return name, nil
}

func (r *exportReader) tokenizer() error {
	path, ok := r.files["tokenizer.json"]
	if !ok {
		return fmt.Errorf("%w: tokenizer.json is missing: save it with transformers' AutoTokenizer(…, use_fast=True).save_pretrained", ErrExport)
	}
	words, err := tokenizer.Load(path)
	if err != nil {
		return err
	}
	m := &r.export.Manifest
	if size := r.config.Text.VocabSize; size > 0 && words.MaxID() >= size {
		return fmt.Errorf("%w: %s has ids up to %d, but the text encoder knows %d tokens: they are of two models", ErrExport, path, words.MaxID(), size)
	}
	m.Text.Tokenizer = strings.ToLower(words.Kind())
	m.Text.PadID = max(words.Pad(), 0)
	var special struct {
		Pad json.RawMessage `json:"pad_token"`
	}
	if _, ok := r.files["special_tokens_map.json"]; ok && words.Pad() < 0 {
		if err := r.json("special_tokens_map.json", &special); err != nil {
			return err
		}
		if id, ok := words.ID(tokenText(special.Pad)); ok {
			m.Text.PadID = id
		}
	}
	r.export.Sources["tokenizer.json"] = path
	return nil
}

// tokenText reads a token that is written as text or as an object.
func tokenText(data json.RawMessage) string {
	var object struct {
		Content string `json:"content"`
	}
	if json.Unmarshal(data, &object.Content) != nil {
		_ = json.Unmarshal(data, &object)
	}
	return object.Content
}

// missing returns an error that lists what there is when a name is not there.
func missing(path, kind, name string, there map[string]onnxfile.Value) error {
	if _, ok := there[name]; ok {
		return nil
	}
	return fmt.Errorf("%w: %s has no %s %q, only %s", ErrExport, path, kind, name, strings.Join(slices.Sorted(maps.Keys(there)), ", "))
}
