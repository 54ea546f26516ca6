package bundle

import (
	"fmt"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"pristine/infer/onnxfile"
)

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
	o, err := r.pixels(path)
	if err != nil {
		return err
	}
	if m.Image.Outputs.Embedding, err = r.embedding(o, "image_embeds"); err != nil {
		return err
	}
	r.patches(o)
	// A combined model carries its own scale.
	if scale, ok := o.Scalar("logit_scale"); ok && scale > 0 && scale < 10 {
		m.LogitScale = math.Exp(scale)
	}
	return nil
}

// pixels reads an image model, and checks what it takes.
func (r *exportReader) pixels(path string) (*onnxfile.Outline, error) {
	m := &r.export.Manifest
	o, err := r.outline(path, m.Image.File)
	if err != nil {
		return nil, err
	}
	inputs := onnxfile.ByName(o.Inputs)
	if err := missing(path, "input", "pixel_values", inputs); err != nil {
		return nil, err
	}
	m.Image.Input = "pixel_values"
	pixels := inputs["pixel_values"]
	if err := ofType(path, "input", pixels, onnxfile.Float32, onnxfile.Float16); err != nil {
		return nil, err
	}
	if len(pixels.Shape) == 4 && pixels.Shape[0] > 1 {
		return nil, fmt.Errorf("%w: %s takes %d pictures at a time: export it with a free batch size, or with 1", ErrExport, path, pixels.Shape[0])
	}
	if len(pixels.Shape) == 4 && pixels.Shape[2] > 0 && pixels.Shape[2] != int64(m.Image.Size) {
		return nil, fmt.Errorf("%w: %s takes pictures of %d pixels, but %s makes %d: correct size and crop_size in it", ErrExport, path, pixels.Shape[2], r.processor, m.Image.Size)
	}
	return o, nil
}

// pictureModel reads the one model of an export without texts.
func (r *exportReader) pictureModel() error {
	m, file := &r.export.Manifest, "model.onnx"
	if r.options.Variant != "" {
		file = "model_" + r.options.Variant + ".onnx"
	}
	if r.files[file] == "" {
		return fmt.Errorf("%w: there is no %s; there is %s", ErrExport, file, strings.Join(r.modelNames(), ", "))
	}
	m.Image.File = "image.onnx"
	o, err := r.pixels(r.files[file])
	if err != nil {
		return err
	}
	if r.patches(o); m.Image.Outputs.PatchFeatures == "" {
		return fmt.Errorf("%w: %s has no output %q of opset 10 or newer, only %s: export it for feature extraction", ErrExport, o.Path, lastHiddenState, strings.Join(slices.Sorted(maps.Keys(onnxfile.ByName(o.Outputs))), ", "))
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
	ids := inputs["input_ids"]
	if err := ofType(path, "input", ids, onnxfile.Int64, onnxfile.Int32); err != nil {
		return err
	}
	if len(ids.Shape) == 2 && ids.Shape[0] > 1 {
		return fmt.Errorf("%w: %s takes %d texts at a time: export it with a free batch size, or with 1", ErrExport, path, ids.Shape[0])
	}
	if mask, ok := inputs["attention_mask"]; ok {
		m.Text.Inputs.Mask = "attention_mask"
		if err := ofType(path, "input", mask, onnxfile.Int64, onnxfile.Int32); err != nil {
			return err
		}
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
	if err := ofType(o.Path, "output", outputs[name], onnxfile.Float32, onnxfile.Float16); err != nil {
		return "", err
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

// ofType returns an error that says what to export where a value has none of the
// wanted types.
func ofType(path, kind string, v onnxfile.Value, wanted ...int) error {
	if slices.Contains(wanted, v.Type) {
		return nil
	}
	var names []string
	for _, w := range wanted {
		names = append(names, onnxfile.TypeName(w))
	}
	remedy := "export it with --dtype fp32 or fp16"
	if slices.Contains(wanted, onnxfile.Int64) {
		remedy = "export it with token ids of int64"
	}
	return fmt.Errorf("%w: %s: its %s %q is %s, wanted %s: %s", ErrExport, path, kind, v.Name, onnxfile.TypeName(v.Type), strings.Join(names, " or "), remedy)
}

// missing returns an error that lists what there is when a name is not there.
func missing(path, kind, name string, there map[string]onnxfile.Value) error {
	if _, ok := there[name]; ok {
		return nil
	}
	return fmt.Errorf("%w: %s has no %s %q, only %s", ErrExport, path, kind, name, strings.Join(slices.Sorted(maps.Keys(there)), ", "))
}
