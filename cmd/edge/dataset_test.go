package main

import (
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pristine/internal/finder"
	"pristine/internal/need"

	"github.com/google/go-cmp/cmp"
)

// place copies a file, and makes its folder.
func place(t *testing.T, from, to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err == nil {
		err = os.MkdirAll(filepath.Dir(to), 0o755)
	}
	if err == nil {
		err = os.WriteFile(to, data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// pictureFiles lists the pictures that frames wrote.
func pictureFiles(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.jpg"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: %v, %v", dir, files, err)
	}
	return files
}

// writeMask writes a mask that has a grey value within a rectangle.
func writeMask(t *testing.T, file string, width, height int, within image.Rectangle, grey uint8) {
	t.Helper()
	m := image.NewGray(image.Rect(0, 0, width, height))
	for y := within.Min.Y; y < within.Max.Y; y++ {
		for x := within.Min.X; x < within.Max.X; x++ {
			m.SetGray(x, y, color.Gray{Y: grey})
		}
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, m); err != nil {
		t.Fatal(err)
	}
}

// What tools leave in a data set changes no figure of any command.
func TestCommands_SkipWhatToolsLeave(t *testing.T) {
	t.Parallel()
	need.NoRaceDetector(t)
	good := pictureFiles(t, frames(t, "testline://?fps=0&speed=240&seed=2&defect_rate=0", 4))
	bad := pictureFiles(t, frames(t, "testline://?fps=0&speed=240&seed=3&defect_rate=1", 3))
	clean, littered := filepath.Join(t.TempDir(), "clean"), filepath.Join(t.TempDir(), "littered")
	for i, root := range []string{clean, littered} {
		for n, file := range good {
			place(t, file, filepath.Join(root, "test", "good", fmt.Sprintf("%d.jpg", n)))
		}
		for n, file := range bad {
			place(t, file, filepath.Join(root, "test", "chip", fmt.Sprintf("%d.jpg", n)))
		}
		if i == 0 {
			continue
		}
		for _, litter := range []string{
			"test/.ipynb_checkpoints/0.png", "test/good/.ipynb_checkpoints/0-checkpoint.png", "test/good/@eaDir/0.png/SYNOPHOTO_THUMB_M.jpg", "test/good/._0.png",
			"test/good/#recycle/9.png", "__MACOSX/test/good/._0.png", "test/@eaDir/good/SYNOPHOTO_THUMB_M.jpg", "test/good/$RECYCLE.BIN/x.png",
		} {
			place(t, bad[0], filepath.Join(root, litter))
		}
		for _, file := range []string{"test/good/Thumbs.db", "test/good/.DS_Store"} {
			if err := os.WriteFile(filepath.Join(root, file), []byte("not a picture"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	want, got := evalReport(t, "--data", clean), evalReport(t, "--data", littered)
	if want.Good != 4 || want.Bad != 3 || got.Data.Layout != "MVTec AD" {
		t.Errorf("the clean tree has %d good and %d bad pictures, wanted 4 and 3; the layout is %q", want.Good, want.Bad, got.Data.Layout)
	}
	if d := cmp.Diff([]any{want.Good, want.Bad, want.AUROC, want.Defects}, []any{got.Good, got.Bad, got.AUROC, got.Defects}); d != "" {
		t.Errorf("eval: %s", d)
	}
	if len(got.Data.Missing) != 0 || !strings.Contains(strings.Join(got.Data.Skipped, "\n"), "10 files and folders were made by other programs") {
		t.Errorf("the report says %q and %q", got.Data.Missing, got.Data.Skipped)
	}

	folder := filepath.Join(littered, "test", "good")
	count := func(out string) (n int) {
		var all []any
		if err := json.Unmarshal([]byte(out), &all); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return len(all)
	}
	out, said := edge(t, 0, "score", folder, "--format", "json")
	if n := count(out); n != 4 || said != "" {
		t.Errorf("score: %d pictures, said %q; want 4 and nothing", n, said)
	}
	if _, said = edge(t, 0, "score", folder, "--format", "json", "-v"); !strings.Contains(said, "7 files and folders were made by other programs, skipped (first: ") {
		t.Errorf("score -v said %q", said)
	}
	var f finder.Found
	out, _ = edge(t, 0, "search", "a part", "--in", folder, "--index", filepath.Join(t.TempDir(), "index"), "--format", "json")
	if err := json.Unmarshal([]byte(out), &f); err != nil || f.Pictures != 4 {
		t.Errorf("search: %d pictures, %v; want 4", f.Pictures, err)
	}
	set := filepath.Join(t.TempDir(), "set.yaml")
	place(t, "configs/prompts/part.yaml", set)
	if out, _ = edge(t, 0, "reference", "add", set, folder); !strings.Contains(out, "4 good and 0 bad pictures") {
		t.Errorf("reference add said %s", out)
	}
	results, _ := inspected(t, configure(t, "dir://"+folder, ""))
	if len(results) != 4 {
		t.Errorf("dir:// gave %d results, wanted 4", len(results))
	}
}

// Several masks of a picture count as their union, whatever their grey values
// (LOCO has 236 and more, VisA 1), and a linked folder is read
// as if it were in its place.
func TestEval_UnitesMasksAndFollowsLinks(t *testing.T) {
	t.Parallel()
	need.NoRaceDetector(t)
	good := pictureFiles(t, frames(t, "testline://?fps=0&speed=240&seed=2&defect_rate=0", 3))
	bad := pictureFiles(t, frames(t, "testline://?fps=0&speed=240&seed=3&defect_rate=1", 3))
	left, right := image.Rect(100, 100, 220, 260), image.Rect(200, 140, 400, 300)
	one, several, store := t.TempDir(), t.TempDir(), t.TempDir()
	for n, file := range good {
		place(t, file, filepath.Join(one, "test", "good", fmt.Sprintf("%d.jpg", n)))
		place(t, file, filepath.Join(store, "good", fmt.Sprintf("%d.jpg", n)))
	}
	for n, file := range bad {
		name := fmt.Sprint(n)
		place(t, file, filepath.Join(one, "test", "chip", name+".jpg"))
		place(t, file, filepath.Join(store, "chip", name+".jpg"))
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		size, err := jpeg.DecodeConfig(f)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		writeMask(t, filepath.Join(several, "ground_truth", "chip", name, "000.png"), size.Width, size.Height, left, 1)
		writeMask(t, filepath.Join(several, "ground_truth", "chip", name, "001.png"), size.Width, size.Height, right, 236)
		both := image.NewGray(image.Rect(0, 0, size.Width, size.Height))
		for y := range size.Height {
			for x := range size.Width {
				if at := image.Pt(x, y); at.In(left) || at.In(right) {
					both.SetGray(x, y, color.Gray{Y: 255})
				}
			}
		}
		mask, err := os.Create(filepath.Join(one, name+".png"))
		if err == nil {
			err = png.Encode(mask, both)
			mask.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		place(t, mask.Name(), filepath.Join(one, "ground_truth", "chip", name+"_mask.png"))
		os.Remove(mask.Name())
	}
	if err := os.Symlink(store, filepath.Join(several, "test")); err != nil {
		t.Fatal(err)
	}
	want, got := evalReport(t, "--data", one), evalReport(t, "--data", several)
	if got.Data.Layout != "MVTec LOCO AD" || got.Good != 3 || got.Bad != 3 || got.AUROC != want.AUROC {
		t.Errorf("%q with %d and %d pictures, AUROC %v; want MVTec LOCO AD, 3, 3, %v", got.Data.Layout, got.Good, got.Bad, got.AUROC, want.AUROC)
	}
	if want.Pixels == nil || want.Pixels.Masks != 3 || cmp.Diff(want.Pixels, got.Pixels) != "" {
		t.Errorf("pixels are %+v, wanted those with one mask each, %+v", got.Pixels, want.Pixels)
	}
	writeMask(t, filepath.Join(several, "ground_truth", "chip", "0", "002.png"), 8, 8, image.Rect(0, 0, 8, 8), 255)
	if _, said := edge(t, 1, "eval", "--data", several); !strings.Contains(said, "002.png has 8×8") {
		t.Errorf("a mask of another size: %s", said)
	}
}
