package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"pristine/internal/need"
	"pristine/internal/untar"
)

// A bundle of pictures alone is imported, shown and verified, and references take
// their patches from it in every command that scores.
func TestReferencesBundle(t *testing.T) {
	t.Parallel()
	need.NoRaceDetector(t)
	export, models := untar.Gzip(t, "infer/testdata/patches/dinov2.tar.gz"), t.TempDir()
	out, _ := edge(t, exitClean, "model", "import", export, "--models", models)
	dinov2 := filepath.Join(models, "dinov2")
	if !strings.Contains(out, "--references-bundle "+dinov2) {
		t.Errorf("import printed %s", out)
	}
	if out, _ = edge(t, exitClean, "model", "show", dinov2); !strings.Contains(out, "for references alone") || strings.Contains(out, "logit scale") {
		t.Errorf("show printed %s", out)
	}
	if out, _ = edge(t, exitClean, "model", "verify", dinov2); !strings.Contains(out, "2 files have their hashes, the image encoder runs") && !strings.Contains(out, "1 files have their hashes, the image encoder runs") {
		t.Errorf("verify printed %s", out)
	}
	if out, _ = edge(t, exitClean, "model", "list", "--models", models); !strings.Contains(out, "28 px") {
		t.Errorf("list printed %s", out)
	}
	good, bad := frames(t, "testline://?fps=0&seed=1&defect_rate=0", 4), frames(t, "testline://?fps=0&seed=3&defect_rate=1", 2)
	set := setBeside(t, "")
	with := []string{"--bundle", untar.Gzip(t, exports+"siglip.tar.gz"), "--references-bundle", dinov2}
	if _, errs := edge(t, exitUsage, append([]string{"reference", "add", "--bundle", dinov2}, set, good)...); !strings.Contains(errs, "has no texts: name it as model.references") {
		t.Errorf("as the bundle: %s", errs)
	}
	edge(t, exitClean, append(append([]string{"reference", "add"}, with...), set, good)...)
	for _, s := range scoresOf(t, append(with, "--prompts", set, bad)...) {
		if s.Reference <= 0 {
			t.Errorf("%+v", s)
		}
	}
	if out, _ = edge(t, exitClean, append(append([]string{"eval"}, with...), "--prompts", set, "--good", frames(t, "testline://?fps=0&seed=2&defect_rate=0", 2), "--bad", bad, "--format", "json")...); !strings.Contains(out, `"auroc"`) {
		t.Errorf("eval printed %s", out)
	}
	if _, errs := edge(t, exitUsage, append(append([]string{"score"}, with[:2]...), "--prompts", set, bad)...); !strings.Contains(errs, "another bundle") {
		t.Errorf("without the bundle of the references: %s", errs)
	}
	out, _ = edge(t, exitClean, append(append([]string{"reference", "list"}, with...), set)...)
	if !strings.Contains(out, "4 good and 0 bad") {
		t.Errorf("list printed %s", out)
	}
	if _, errs := edge(t, exitUsage, append(append([]string{"reference", "list"}, with[:2]...), set)...); !strings.Contains(errs, "another bundle") {
		t.Errorf("list without the bundle of the references: %s", errs)
	}
	part := filepath.Join(t.TempDir(), "hex-bolt")
	out, _ = edge(t, exitClean, append(append([]string{"init"}, with...), part, "--from", set, "--good", frames(t, "testline://?fps=0&seed=5&defect_rate=0", 18), "--bad", bad)...)
	if !strings.Contains(out, "edge calibrate") || !strings.Contains(out, " --references-bundle "+dinov2) {
		t.Errorf("init printed %s", out)
	}
	if made, err := os.ReadFile(filepath.Join(part, "edge.yaml")); err != nil || !strings.Contains(string(made), `references: "`+dinov2+`"`) {
		t.Errorf("init wrote %s, %v", made, err)
	}
	edge(t, exitClean, "check", filepath.Join(part, "edge.yaml"))
	config := filepath.Join(t.TempDir(), "edge.yaml")
	for _, c := range []struct {
		references, says string
		code             int
	}{{dinov2, "", exitClean}, {t.TempDir(), "model.references", exitUsage}, {withoutFeatures(t), "has no patch features for references", exitUsage}} {
		if err := os.WriteFile(config, []byte("model:\n  references: "+c.references+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, errs := edge(t, c.code, "check", config); !strings.Contains(out+errs, c.says) {
			t.Errorf("check of %s: %s%s", c.references, out, errs)
		}
	}
}

// withoutFeatures is a copy of the built-in bundle that has no patch features.
func withoutFeatures(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("models/pocket")); err != nil {
		t.Fatal(err)
	}
	manifest := filepath.Join(dir, "bundle.yaml")
	text, err := os.ReadFile(manifest)
	if err != nil {
		t.Fatal(err)
	}
	text = regexp.MustCompile(`,? *patch_features: \w+`).ReplaceAll(text, nil)
	if err := os.WriteFile(manifest, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// An export with patches is learned from, explained and timed.
func TestExportWithPatches_InEveryCommand(t *testing.T) {
	t.Parallel()
	need.NoRaceDetector(t)
	bundle := untar.Gzip(t, exports+"clip.tar.gz")
	good := frames(t, "testline://?fps=0&seed=1&defect_rate=0", 8)
	set := setBeside(t, "")
	edge(t, exitClean, "reference", "add", "--keep", "4", "--bundle", bundle, set, good)
	edge(t, exitClean, "prompts", "explain", "--bundle", bundle, "--map", filepath.Join(t.TempDir(), "map.png"), set, filepath.Join(good, firstOf(t, good)))
	edge(t, exitClean, "bench", "--bundle", bundle, "--learn", "2", "--frames", "4", "--detail", "2")
	edge(t, exitClean, "bench", "--bundle", bundle, "--references-bundle", untar.Gzip(t, "infer/testdata/patches/dinov2.tar.gz"), "--learn", "2", "--frames", "4")
}

func firstOf(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) == 0 {
		t.Fatalf("%s is empty, %v", dir, err)
	}
	return entries[0].Name()
}
