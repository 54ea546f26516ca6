package bundle

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pristine/internal/untar"
)

func export(t *testing.T, name string) string {
	t.Helper()
	return untar.Gzip(t, "../testdata/exports/"+name+".tar.gz")
}

// edit replaces text in a file of an export.
func edit(t *testing.T, path, old, replacement string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(data, []byte(old)) {
		t.Fatalf("%s has no %s", path, old)
	}
	if err := os.WriteFile(path, bytes.Replace(data, []byte(old), []byte(replacement), 1), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestAnExportThatCannotBeUsedIsAnError(t *testing.T) {
	const config, preprocessor, vision, text = "config.json", "preprocessor_config.json", "onnx/vision_model.onnx", "onnx/text_model.onnx"
	remove := func(file string) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			if err := os.Remove(filepath.Join(dir, file)); err != nil {
				t.Fatal(err)
			}
		}
	}
	replace := func(file, old, replacement string) func(*testing.T, string) {
		return func(t *testing.T, dir string) { edit(t, filepath.Join(dir, file), old, replacement) }
	}
	cut := func(file string, bytes int64) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			if err := os.Truncate(filepath.Join(dir, file), bytes); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, c := range map[string]struct {
		harm func(*testing.T, string)
		want string
	}{
		"no config":           {remove(config), "yaml"},
		"no preprocessor":     {remove(preprocessor), "preprocessor_config.json is missing, there is config.json"},
		"no tokenizer":        {remove("tokenizer.json"), "tokenizer.json is missing: save it with"},
		"no vision model":     {remove(vision), "there is neither vision_model.onnx with text_model.onnx nor model.onnx; there is text_model.onnx"},
		"another model":       {replace(config, `"clip"`, `"blip"`), `model_type "blip": clip, siglip are known`},
		"SigLIP 2":            {replace(config, `"clip"`, `"siglip2"`), `model_type "siglip2": clip, siglip are known`},
		"other embedding":     {replace(config, `"projection_dim": 24`, `"projection_dim": 25`), "gives embeddings of 24 numbers, but config.json says 25"},
		"other picture size":  {replace(preprocessor, `"crop_size": {"height": 32, "width": 32}`, `"crop_size": 24`), "takes pictures of 32 pixels, but preprocessor_config.json makes 24"},
		"filter":              {replace(preprocessor, `"resample": 3`, `"resample": 1`), "resample must be bicubic (3) or bilinear (2), got lanczos"},
		"rescale":             {replace(preprocessor, `"rescale_factor": 0.00392156862745098`, `"rescale_factor": 0.5`), "rescale_factor must be 1/255 (got 0.5, do_rescale true)"},
		"no crop":             {replace(preprocessor, `"do_center_crop": true`, `"do_center_crop": false`), "the pictures would not be square"},
		"std of zero":         {replace(preprocessor, `0.26862954`, `0`), "image.std[0] must be above 0"},
		"other vocabulary":    {replace(config, `"vocab_size": `, `"vocab_size": 1000, "x": `), "they are of two models"},
		"truncated model":     {cut(vision, 100000), "it is not an ONNX file, or it is cut short"},
		"not ONNX":            {replace(text, "\x08\x08", "{ "), "it is not an ONNX file, or it is cut short"},
		"a pointer, not data": {cut(text, 0), "it is not an ONNX file, or it is cut short"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := export(t, "clip")
			c.harm(t, dir)
			if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v\nwant … %s …", err, c.want)
			}
		})
	}
}

func TestVariantsAndPreprocessorsOfAllForms(t *testing.T) {
	dir := export(t, "clip")
	for _, model := range []string{"vision_model", "text_model"} {
		if err := os.Rename(filepath.Join(dir, "onnx", model+".onnx"), filepath.Join(dir, "onnx", model+"_fp16.onnx")); err != nil {
			t.Fatal(err)
		}
	}
	preprocessor := filepath.Join(dir, "preprocessor_config.json")
	edit(t, preprocessor, `"size": {"shortest_edge": 32}`, `"size": 40`) // the old form
	edit(t, preprocessor, `"resample": 3`, `"resample": 2`)
	e, err := ReadExport([]string{dir}, ExportOptions{Variant: "fp16", LogitScale: 12.5})
	if err != nil {
		t.Fatal(err)
	}
	m := &e.Manifest
	if m.Image.ShortestSide != 40 || m.Image.Size != 32 || m.Image.Filter != "bilinear" || m.LogitScale != 12.5 || m.Version != "fp16" {
		t.Errorf(`got %+v; want m.Image.ShortestSide == 40, m.Image.Size == 32, m.Image.Filter == "bilinear", m.LogitScale == 12.5, m.Version == "fp16"`, m)
	}
	if _, err := ReadExport([]string{dir}, ExportOptions{}); err == nil || !strings.Contains(err.Error(), "there is text_model_fp16.onnx, vision_model_fp16.onnx") {
		t.Errorf("without its variant: %v", err)
	}
	var files []string
	for _, path := range e.Sources {
		files = append(files, path)
	}
	files = append(files, filepath.Join(dir, "config.json"), preprocessor)
	if e, err = ReadExport(files, ExportOptions{Variant: "fp16"}); err != nil || e.Manifest.Name != "clip" {
		t.Errorf("file by file: %v, named %q", err, e.Manifest.Name)
	}
}
