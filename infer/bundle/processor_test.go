package bundle

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// prepared returns how a processor's file has pictures prepared.
func prepared(text, modelType string) (ImageManifest, error) {
	var p processorConfig
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		return ImageManifest{}, err
	}
	return p.manifest(modelType)
}

// Absent keys take the defaults of the processor's class, as in transformers.
func TestProcessor_Forms(t *testing.T) {
	clip := ImageManifest{Size: 224, Resize: "shortest_crop", ShortestSide: 224, Filter: "bicubic", Mean: clipMean, Std: clipStd}
	siglip := ImageManifest{Size: 224, Resize: "squash", Filter: "bicubic", Mean: standardMean, Std: standardStd}
	vit := ImageManifest{Size: 224, Resize: "squash", Filter: "bilinear", Mean: standardMean, Std: standardStd}
	with := func(m ImageManifest, change func(*ImageManifest)) ImageManifest {
		change(&m)
		return m
	}
	sized := func(m ImageManifest, shortest, size int) ImageManifest {
		m.ShortestSide, m.Size = shortest, size
		return m
	}
	half := []float64{0.5, 0.5, 0.5}
	tests := map[string]struct {
		text, modelType string
		want            ImageManifest
	}{
		"only the type":                    {`{"image_processor_type": "CLIPImageProcessor"}`, "clip", clip},
		"fast":                             {`{"image_processor_type": "CLIPImageProcessorFast"}`, "clip", clip},
		"Pillow's backend":                 {`{"image_processor_type": "CLIPImageProcessorPil"}`, "clip", clip},
		"Bit":                              {`{"image_processor_type": "BitImageProcessor"}`, "clip", clip},
		"ChineseCLIP":                      {`{"image_processor_type": "ChineseCLIPImageProcessorFast"}`, "clip", clip},
		"SigLIP":                           {`{"image_processor_type": "SiglipImageProcessor"}`, "siglip", siglip},
		"SigLIP, fast":                     {`{"image_processor_type": "SiglipImageProcessorFast"}`, "siglip", siglip},
		"ViT":                              {`{"image_processor_type": "ViTImageProcessor"}`, "clip", vit},
		"ViT, fast":                        {`{"image_processor_type": "ViTImageProcessorFast"}`, "clip", vit},
		"no type, by the model":            {`{}`, "clip", clip},
		"no type, by the model, SigLIP":    {`{}`, "siglip", siglip},
		"2021":                             {`{"feature_extractor_type": "CLIPFeatureExtractor", "size": 224, "crop_size": 224, "resample": 3, "do_center_crop": true}`, "clip", clip},
		"as diffusers saves it":            {`{"_valid_processor_keys": ["size"], "crop_size": {"height": 224, "width": 224}, "do_center_crop": true, "image_processor_type": "CLIPFeatureExtractor", "resample": 3, "size": {"height": 224, "width": 224}, "use_square_size": false}`, "clip", with(clip, func(m *ImageManifest) { m.Resize, m.ShortestSide = "squash", 0 })},
		"2022, both":                       {`{"feature_extractor_type": "CLIPFeatureExtractor", "image_processor_type": "CLIPFeatureExtractor", "size": {"shortest_edge": 224}}`, "clip", clip},
		"no do_center_crop":                {`{"image_processor_type": "CLIPImageProcessor", "size": {"shortest_edge": 336}, "crop_size": {"height": 336, "width": 336}}`, "clip", sized(clip, 336, 336)},
		"no sizes":                         {`{"image_processor_type": "CLIPImageProcessor", "do_center_crop": true, "resample": 3}`, "clip", clip},
		"only mean and std":                {`{"image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5]}`, "clip", with(clip, func(m *ImageManifest) { m.Mean, m.Std = half, half })},
		"resample by name":                 {`{"resample": "bilinear"}`, "clip", with(clip, func(m *ImageManifest) { m.Filter = "bilinear" })},
		"resample as Pillow writes it":     {`{"resample": "PILImageResampling.BICUBIC"}`, "clip", clip},
		"resample as torchvision":          {`{"resample": "InterpolationMode.BILINEAR"}`, "clip", with(clip, func(m *ImageManifest) { m.Filter = "bilinear" })},
		"resample as text":                 {`{"resample": "3"}`, "clip", clip},
		"resample by number":               {`{"resample": 2}`, "clip", with(clip, func(m *ImageManifest) { m.Filter = "bilinear" })},
		"size as a number":                 {`{"size": 256, "crop_size": 224}`, "clip", sized(clip, 256, 224)},
		"size as a number, ViT":            {`{"image_processor_type": "ViTFeatureExtractor", "size": 384}`, "clip", with(vit, func(m *ImageManifest) { m.Size = 384 })},
		"size as a pair":                   {`{"image_processor_type": "SiglipImageProcessor", "size": [384, 384]}`, "siglip", with(siglip, func(m *ImageManifest) { m.Size = 384 })},
		"height and width":                 {`{"image_processor_type": "SiglipImageProcessor", "size": {"height": 384, "width": 384}}`, "siglip", with(siglip, func(m *ImageManifest) { m.Size = 384 })},
		"crop as shortest edge":            {`{"size": {"shortest_edge": 256}, "crop_size": {"shortest_edge": 224}}`, "clip", sized(clip, 256, 224)},
		"nulls":                            {`{"size": null, "crop_size": null, "resample": null, "do_center_crop": null, "image_mean": null, "do_pad": null, "crop_pct": null}`, "clip", clip},
		"no normalising":                   {`{"do_normalize": false, "resample": 2}`, "clip", with(clip, func(m *ImageManifest) { m.Filter, m.Mean, m.Std = "bilinear", []float64{0, 0, 0}, []float64{1, 1, 1} })},
		"an unknown processor, whole":      {`{"image_processor_type": "OurProcessor", "size": {"height": 256, "width": 256}, "resample": 3, "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5]}`, "clip", with(siglip, func(m *ImageManifest) { m.Size = 256 })},
		"an unknown processor with a crop": {`{"image_processor_type": "OurProcessor", "size": 256, "do_center_crop": true, "crop_size": 224, "resample": 3, "do_normalize": false}`, "clip", with(sized(clip, 256, 224), func(m *ImageManifest) { m.Mean, m.Std = []float64{0, 0, 0}, []float64{1, 1, 1} })},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := prepared(tc.text, tc.modelType)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tc.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

// What cannot be done as it says is refused with what is absent or what to do.
func TestProcessor_Refused(t *testing.T) {
	tests := map[string]struct{ text, modelType, says string }{
		"an unknown processor":         {`{"image_processor_type": "OurProcessor"}`, "clip", "size, resample, do_center_crop, image_mean, image_std are absent, and the defaults of OurProcessor are not known (those of BitImageProcessor, CLIPImageProcessor, ChineseCLIPImageProcessor, SiglipImageProcessor, ViTImageProcessor are)"},
		"an unknown processor, almost": {`{"image_processor_type": "OurProcessor", "size": 224, "do_center_crop": true, "resample": 3, "do_normalize": false}`, "clip", "crop_size is absent, and the defaults of OurProcessor are not known"},
		"no type, unknown model":       {`{"size": 224}`, "other", "resample, do_center_crop, image_mean, image_std are absent, and image_processor_type, whose defaults would stand for them, is too"},
		"a crop turned off":            {`{"do_center_crop": false}`, "clip", "do_center_crop is false: the pictures would not be square: export with a size of height and width"},
		"SigLIP by its shortest edge":  {`{"size": 384}`, "siglip", "the pictures would not be square"},
		"not square":                   {`{"image_processor_type": "SiglipImageProcessor", "size": {"height": 224, "width": 384}}`, "siglip", "size must be square (got 224×384)"},
		"the crop is not square":       {`{"crop_size": {"height": 224, "width": 384}}`, "clip", "crop_size must be square (got 224×384)"},
		"longest edge":                 {`{"size": {"longest_edge": 384}}`, "clip", "size must have shortest_edge, or height and width"},
		"a crop of a squash":           {`{"size": {"height": 256, "width": 256}}`, "clip", "a crop of 224 pixels behind a resize to 256×256 is not supported"},
		"nearest":                      {`{"resample": 0}`, "clip", "resample must be bicubic (3) or bilinear (2), got nearest"},
		"no such filter":               {`{"resample": 7}`, "clip", "resample is 7: Pillow has no such filter"},
		"by another name":              {`{"resample": "lanczos"}`, "clip", "got lanczos"},
		"other channels":               {`{"do_flip_channel_order": true}`, "clip", "do_flip_channel_order is true, which is not supported"},
		"padding":                      {`{"do_pad": true}`, "clip", "do_pad is true"},
		"a share":                      {`{"image_processor_type": "ConvNextImageProcessor", "crop_pct": 0.875}`, "clip", "crop_pct is 0.875, which is not supported"},
		"SigLIP 2's free size":         {`{"image_processor_type": "Siglip2ImageProcessor", "max_num_patches": 256}`, "siglip", "max_num_patches is 256, which is not supported: export a checkpoint of one picture size"},
		"two sizes":                    {`{"size": [224]}`, "clip", "[224] is neither a size nor height and width"},
		"no resize":                    {`{"do_resize": false}`, "clip", "do_resize is false"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if m, err := prepared(tc.text, tc.modelType); err == nil || !strings.Contains(err.Error(), tc.says) {
				t.Errorf("got %+v, %v\nwant … %s …", m, err, tc.says)
			}
		})
	}
}

// transformers 5 writes one file, with the image processor in it.
func TestExport_ProcessorConfig(t *testing.T) {
	dir := export(t, "clip")
	old := filepath.Join(dir, "preprocessor_config.json")
	want, err := ReadExport([]string{dir}, ExportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	inner, err := os.ReadFile(old)
	if err != nil {
		t.Fatal(err)
	}
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, "processor_config.json"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	// Without an image processor in it, the file says nothing of pictures.
	write(`{"processor_class": "CLIPProcessor"}`)
	got, err := ReadExport([]string{dir}, ExportOptions{})
	if err != nil || cmp.Diff(want.Manifest, got.Manifest) != "" {
		t.Errorf("beside preprocessor_config.json: %v, %s", err, cmp.Diff(want.Manifest, got.Manifest))
	}
	if err := os.Remove(old); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadExport([]string{dir}, ExportOptions{}); err == nil || !strings.Contains(err.Error(), "preprocessor_config.json is missing") {
		t.Errorf("without either: %v", err)
	}
	write(`{"image_processor": ` + string(inner) + `, "processor_class": "CLIPProcessor"}`)
	if got, err = ReadExport([]string{dir}, ExportOptions{}); err != nil || cmp.Diff(want.Manifest, got.Manifest) != "" {
		t.Errorf("alone: %v, %s", err, cmp.Diff(want.Manifest, got.Manifest))
	}
	// The new file comes first, as in transformers.
	if err := os.WriteFile(old, []byte(`{"do_resize": false}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadExport([]string{dir}, ExportOptions{}); err != nil {
		t.Errorf("beside an old file: %v", err)
	}
	write(`{"image_processor": {"image_processor_type": "CLIPImageProcessor"}}`)
	if _, err := ReadExport([]string{dir}, ExportOptions{}); err == nil || !strings.Contains(err.Error(), "takes pictures of 32 pixels, but processor_config.json makes 224") {
		t.Errorf("the default size for a model of another: %v", err)
	}
}

// The SigLIP families were trained on texts in lower case.
func TestExport_Lowercase(t *testing.T) {
	for name, tc := range map[string]struct {
		export, settings string
		want             bool
	}{
		"clip":                     {"clip", "", false}, // its tokenizer.json says so itself
		"clip that says so":        {"clip", `{"do_lower_case": true}`, true},
		"siglip":                   {"siglip", "", true},
		"siglip 2":                 {"siglip", `{"tokenizer_class": "GemmaTokenizer"}`, true},
		"siglip that says no":      {"siglip", `{"do_lower_case": false}`, false},
		"siglip that says nothing": {"siglip", `{"do_lower_case": null}`, true},
	} {
		t.Run(name, func(t *testing.T) {
			dir := export(t, tc.export)
			if tc.settings != "" {
				if err := os.WriteFile(filepath.Join(dir, "tokenizer_config.json"), []byte(tc.settings), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			e, err := ReadExport([]string{dir}, ExportOptions{})
			if err != nil || e.Manifest.Text.Lowercase != tc.want {
				t.Errorf("got %v, %v; want %v", e.Manifest.Text.Lowercase, err, tc.want)
			}
		})
	}
}

// A repository in Hugging Face's cache is opened by its own name.
func TestExport_CacheFolders(t *testing.T) {
	move := func(t *testing.T, revisions ...string) string {
		t.Helper()
		root := filepath.Join(t.TempDir(), "models--google--siglip-base-patch16-224")
		for _, revision := range revisions {
			snapshots := filepath.Join(root, "snapshots")
			if err := os.MkdirAll(snapshots, 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.Rename(export(t, "siglip"), filepath.Join(snapshots, revision)); err != nil {
				t.Fatal(err)
			}
		}
		return root
	}
	one := move(t, "abc")
	for _, path := range []string{one, filepath.Join(one, "snapshots", "abc"), filepath.Join(one, "snapshots", "abc", "onnx")} {
		paths := []string{path}
		if filepath.Base(path) == "onnx" {
			paths = append(paths, filepath.Dir(path))
		}
		e, err := ReadExport(paths, ExportOptions{})
		if err != nil || e.Manifest.Name != "siglip-base-patch16-224" {
			t.Errorf("%s: %v", path, err)
		}
	}
	two := move(t, "abc", "def")
	if _, err := Open(two); err == nil || !strings.Contains(err.Error(), "holds 2 revisions, and refs/main names none of them: give the folder of one") {
		t.Errorf("two revisions: %v", err)
	}
	if err := os.MkdirAll(filepath.Join(two, "refs"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(two, "refs", "main"), []byte("def\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if b, err := Open(two); err != nil || filepath.Base(b.Dir) != "def" {
		t.Errorf("refs/main: %v", err)
	}
}

func FuzzProcessor(f *testing.F) {
	for _, text := range []string{
		`{"image_processor_type": "CLIPImageProcessor", "size": {"shortest_edge": 224}, "crop_size": 224, "resample": "PILImageResampling.BICUBIC"}`,
		`{"size": [224, 224], "resample": 3, "do_normalize": false}`, `{"feature_extractor_type": "ViTFeatureExtractor", "size": 384}`, `{"crop_pct": 0.9, "do_pad": true}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, modelType := range []string{"clip", "siglip", ""} {
			m, err := prepared(string(text), modelType)
			if err == nil && (m.Size < 16 || len(m.Mean) != 3 || len(m.Std) != 3 || m.Filter == "" || m.Resize == "shortest_crop" && m.ShortestSide < m.Size) {
				t.Fatalf("%s gives %+v", text, m)
			}
		}
	})
}
