package bundle

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"pristine/infer/tokenizer"
)

// exportReader gathers what the files of an export say.
type exportReader struct {
	files     map[string]string
	options   ExportOptions
	config    modelConfig
	processor string // the file that says how pictures are prepared
	export    *Export
}

func (r *exportReader) read() error {
	if err := r.json("config.json", &r.config); err != nil {
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
	if err = r.imageProcessor(); err != nil {
		return err
	}
	if r.config.picturesOnly() {
		m.PicturesOnly = true
		if err := r.pictureModel(); err != nil {
			return err
		}
	} else if err := r.bothModels(); err != nil {
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

// bothModels reads the models of pictures and texts, and the tokenizer.
func (r *exportReader) bothModels() error {
	m := &r.export.Manifest
	m.Text = TextManifest{ContextLength: r.config.context(), Pad: "none"}
	if err := r.models(); err != nil {
		return err
	}
	if r.options.LogitScale > 0 {
		m.LogitScale = r.options.LogitScale
	}
	return r.tokenizer()
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

// imageProcessor reads how pictures are prepared. What transformers 5 writes into
// processor_config.json comes first, as it does there.
func (r *exportReader) imageProcessor() error {
	var outer struct {
		ImageProcessor *processorConfig `json:"image_processor"`
	}
	r.processor = "processor_config.json"
	if _, ok := r.files[r.processor]; ok {
		if err := r.json(r.processor, &outer); err != nil {
			return err
		}
	}
	p := outer.ImageProcessor
	if p == nil {
		p, r.processor = &processorConfig{}, "preprocessor_config.json"
		if err := r.json(r.processor, p); err != nil {
			return fmt.Errorf("%w: save it with AutoProcessor.from_pretrained(…).save_pretrained", err)
		}
	}
	m := &r.export.Manifest
	var err error
	if m.Image, err = p.manifest(r.config.ModelType); err != nil {
		return fmt.Errorf("%s: %w", r.files[r.processor], err)
	}
	// DINOv2's positions are interpolated to any size.
	if size := r.config.Vision.ImageSize; size != 0 && size != m.Image.Size && !r.config.picturesOnly() {
		return fmt.Errorf("%w: config.json says that the model takes pictures of %d pixels, but %s makes %d: correct size and crop_size in it", ErrExport, size, r.processor, m.Image.Size)
	}
	return nil
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
	if m.Text.Lowercase, err = r.lowercase(); err != nil {
		return err
	}
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

// lowercase reports whether texts are lower-cased before the tokenizer. The
// SigLIP families were trained so, but tokenizer.json says it only since
// transformers 5 (Siglip2Tokenizer); CLIP's tokenizer.json always does.
func (r *exportReader) lowercase() (bool, error) {
	var settings struct {
		LowerCase *bool `json:"do_lower_case"`
	}
	if _, ok := r.files["tokenizer_config.json"]; ok {
		if err := r.json("tokenizer_config.json", &settings); err != nil {
			return false, err
		}
	}
	if settings.LowerCase != nil {
		return *settings.LowerCase, nil
	}
	return r.config.sigmoid(), nil
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
