package observe

import (
	"context"
	"slices"
	"strings"
	"testing"

	"pristine/infer"
	"pristine/infer/bundle"
	"pristine/infer/store"
	"pristine/internal/need"
	"pristine/internal/untar"
	"pristine/prompts"
)

func openedPair(t *testing.T, text, pictures string) *Model {
	t.Helper()
	m, err := OpenPaired(text, pictures, infer.Options{CacheDir: t.TempDir()}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	return m
}

// The patches of DINOv2 are those that transformers computes, without the tokens of
// the class and of registers, beside the embeddings of the bundle with texts.
func TestPaired_PatchesAreDINOv2s(t *testing.T) {
	for _, name := range []string{"dinov2", "dinov2-registers"} {
		t.Run(name, func(t *testing.T) {
			text, dir := exportWith(t, "siglip-pooled-14"), untar.Gzip(t, patches+name+".tar.gz")
			export, err := bundle.ReadExport([]string{dir}, bundle.ExportOptions{})
			if err != nil {
				t.Fatal(err)
			}
			imported, err := store.Import(export, t.TempDir(), store.Options{Check: func(dir string) error { _, err := TryBundle(dir); return err }})
			if err != nil {
				t.Fatal(err)
			}
			alone := openedExport(t, text)
			for _, pictures := range []string{dir, imported} {
				m := openedPair(t, text, pictures)
				golden := readPatchGolden(t, name)
				comparePatches(t, m, golden)
				if m.Bundle.Hash == alone.Bundle.Hash {
					t.Error("its vectors could be compared with those of the bundle alone")
				}
				var of, with prompts.Observation
				for _, g := range golden {
					for m, o := range map[*Model]*prompts.Observation{alone: &of, m: &with} {
						if err := m.NewEncoder(View{}).ObserveFile(context.Background(), exports+g.File, prompts.Needs{Tiles: 2, Detail: 2}, o); err != nil {
							t.Fatal(err)
						}
					}
					if !slices.Equal(of.Embedding, with.Embedding) || !slices.Equal(of.Tiles, with.Tiles) || slices.Equal(of.Features, with.Features) {
						t.Errorf("%s: the embeddings are not those of the bundle with texts", g.File)
					}
				}
			}
		})
	}
}

// Each cell of the detail is what the second bundle sees of its tile.
func TestPaired_DetailIsWhatItsTilesShow(t *testing.T) {
	m := openedPair(t, exportWith(t, "clip-embeds-17"), untar.Gzip(t, patches+"dinov2.tar.gz"))
	f := part(1, 14)
	var o prompts.Observation
	o.Ask(prompts.Needs{Detail: 2})
	if err := m.NewEncoder(View{}).Encode(context.Background(), f, &o); err != nil {
		t.Fatal(err)
	}
	pictures, _ := m.parts(nil, infer.Picture{Pix: f.Pix, Width: f.Width, Height: f.Height}, prompts.Needs{Detail: 2}, nil)
	outputs := make([]infer.Output, len(pictures))
	if _, err := m.Images.Encode(context.Background(), pictures, outputs); err != nil {
		t.Fatal(err)
	}
	if len(outputs[1].Embedding) != 0 || len(outputs[0].Embedding) == 0 {
		t.Error("tiles of the detail have embeddings, which nothing compares")
	}
	dim, row := m.Images.Shapes().FeatureDim, o.FineGrid[1]
	if got, want := o.Fine[:dim], outputs[1].PatchFeatures[:dim]; !alike(got, want) {
		t.Errorf("the first cell is %v, of its tile %v", got, want)
	}
	if got, want := o.Fine[(row*row-1)*dim:], outputs[4].PatchFeatures[len(outputs[4].PatchFeatures)-dim:]; !alike(got, want) {
		t.Errorf("the last cell is %v, of its tile %v", got, want)
	}
}

func TestPaired_ThePlantedDefectIsRanked(t *testing.T) {
	m := openedPair(t, exportWith(t, "clip-embeds-17"), untar.Gzip(t, patches+"dinov2.tar.gz"))
	auroc := byReferences(t, m, 0)
	t.Logf("AUROC by patches of the second bundle: %.3f", auroc)
	if auroc < 0.88 {
		t.Errorf("AUROC %.3f", auroc)
	}
}

func TestPaired_AllocatesNothingAFrame(t *testing.T) {
	need.NoRaceDetector(t) // which drops what a sync.Pool keeps, at random
	m, err := OpenPaired(exportWith(t, "clip-embeds-17"), untar.Gzip(t, patches+"dinov2.tar.gz"), infer.Options{CacheDir: t.TempDir(), Threads: 1}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	e, f := m.NewEncoder(View{}), part(1, 14)
	var o prompts.Observation
	see := func() {
		o.Ask(prompts.Needs{Tiles: 2, Detail: 2})
		if err := e.Encode(context.Background(), f, &o); err != nil {
			t.Fatal(err)
		}
	}
	if n := allocations(see); n > 0 {
		t.Errorf("%v allocations a frame", n)
	}
}

func TestPaired_Refused(t *testing.T) {
	clip, dinov2 := exportWith(t, "clip-embeds-17"), untar.Gzip(t, patches+"dinov2.tar.gz")
	for name, tc := range map[string]struct{ text, pictures, says string }{
		"DINOv2 alone":             {dinov2, "", "has no texts: name it as model.references, beside a bundle with texts"},
		"references without files": {clip, t.TempDir(), "bundle.yaml"},
		"references of no patches": {clip, exportWith(t, "clip-mean-17"), "has no patch features for references: edge model show"},
	} {
		t.Run(name, func(t *testing.T) {
			if m, err := OpenPaired(tc.text, tc.pictures, infer.Options{}, nil); err == nil || !strings.Contains(err.Error(), tc.says) {
				if err == nil {
					m.Close()
				}
				t.Errorf("got %v, want … %s", err, tc.says)
			}
		})
	}
}
