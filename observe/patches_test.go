package observe

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pristine/infer"
	"pristine/infer/bundle"
	"pristine/infer/store"
	"pristine/internal/gunzip"
	"pristine/internal/untar"
	"pristine/prompts"
)

const (
	exports = "infer/testdata/exports/"
	patches = "infer/testdata/patches/" // written by training/golden/patches.py
)

// exportWith returns the folder of a small export whose image model, or both in one,
// is one of those that PyTorch's exporter wrote.
func exportWith(t *testing.T, name string) string {
	t.Helper()
	family, _, _ := strings.Cut(name, "-")
	dir := untar.Gzip(t, exports+family+".tar.gz")
	file := filepath.Join(dir, "onnx", "vision_model.onnx")
	if strings.Contains(name, "-both-") {
		for _, tower := range []string{"vision_model", "text_model"} {
			if err := os.Remove(filepath.Join(dir, "onnx", tower+".onnx")); err != nil {
				t.Fatal(err)
			}
		}
		file = filepath.Join(dir, "onnx", "model.onnx")
	}
	if err := os.WriteFile(file, gunzip.File(t, patches+name+".onnx.gz"), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func openedExport(t *testing.T, dir string) *Model {
	t.Helper()
	m, err := Open(dir, infer.Options{CacheDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	return m
}

// patchGolden is what transformers computes, see training/golden/patches.py.
type patchGolden []struct {
	File     string
	Features [][]float32
}

func readPatchGolden(t *testing.T, family string) (g patchGolden) {
	t.Helper()
	data, err := os.ReadFile(patches + family + ".golden.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &g); err != nil || len(g) < 4 {
		t.Fatalf("%d golden pictures, %v", len(g), err)
	}
	return g
}

// comparePatches holds a model's patch features to transformers'.
func comparePatches(t *testing.T, m *Model, golden patchGolden) {
	t.Helper()
	e := m.NewEncoder(View{})
	for _, g := range golden {
		var o prompts.Observation
		if err := e.ObserveFile(context.Background(), exports+g.File, prompts.Needs{}, &o); err != nil {
			t.Fatal(err)
		}
		dim := len(g.Features[0])
		if o.FeatureGrid[0]*o.FeatureGrid[1] != len(g.Features) || len(o.Features) != len(g.Features)*dim || len(o.Patches) != 0 {
			t.Fatalf("%s: a grid of %v with %d numbers, and %d of patch embeddings; transformers has %d patches of %d", g.File, o.FeatureGrid, len(o.Features), len(o.Patches), len(g.Features), dim)
		}
		worst, apart := 1.0, 0.0
		for i, want := range g.Features {
			worst = min(worst, infer.Cosine(o.Features[i*dim:(i+1)*dim], want))
			apart += infer.Cosine(o.Features[i*dim:(i+1)*dim], g.Features[(i+1)%len(g.Features)]) / float64(len(g.Features))
		}
		if !(worst >= 0.9999) {
			t.Errorf("%s: the cosine of a patch to transformers' is %.6f, want 0.9999", g.File, worst)
		}
		if apart > 0.99 {
			t.Errorf("%s: the cosine to the next patch is %.4f: the comparison cannot fail", g.File, apart)
		}
	}
}

// Patch features are those of the tokens that transformers calls
// last_hidden_state, whether the export returns them or its graph is cut there.
func TestPatches_AreTransformersTokens(t *testing.T) {
	for name, tokens := range map[string]string{
		"clip-embeds-14": "", "clip-embeds-17": "", "clip-both-14": "", "clip-hidden-18": "last_hidden_state",
		"siglip-pooled-14": "", "siglip-pooled-17": "", "siglip-both-17": "", "siglip-hidden-18": "last_hidden_state",
	} {
		t.Run(name, func(t *testing.T) {
			family, _, _ := strings.Cut(name, "-")
			golden := readPatchGolden(t, family)
			dir := exportWith(t, name)
			m := openedExport(t, dir)
			if got := m.Bundle.Manifest.Image.Outputs.PatchTokens; got == "" || tokens != "" && got != tokens {
				t.Errorf("the tokens are %q, want %q", got, tokens)
			}
			comparePatches(t, m, golden)
			export, err := bundle.ReadExport([]string{dir}, bundle.ExportOptions{Name: "imported"})
			if err != nil {
				t.Fatal(err)
			}
			imported, err := store.Import(export, t.TempDir(), store.Options{})
			if err != nil {
				t.Fatal(err)
			}
			comparePatches(t, openedExport(t, imported), golden)
		})
	}
}

// Where the embedding is made of more than one token, nothing is cut out.
func TestPatches_OnlyWhereTheGraphShowsThemForCertain(t *testing.T) {
	m := openedExport(t, exportWith(t, "clip-mean-17"))
	if o := m.Bundle.Manifest.Image.Outputs; o.PatchTokens != "" || o.PatchFeatures != "" || m.Images.Shapes().FeatureDim != 0 {
		t.Errorf("the outputs are %+v", o)
	}
}
