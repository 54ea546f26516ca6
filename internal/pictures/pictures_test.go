package pictures

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func tree(t *testing.T, files ...string) string {
	t.Helper()
	root := t.TempDir()
	for _, file := range files {
		path := filepath.Join(root, filepath.FromSlash(file))
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, nil, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func link(t *testing.T, root, target, name string) {
	t.Helper()
	if err := os.Symlink(filepath.FromSlash(target), filepath.Join(root, filepath.FromSlash(name))); err != nil {
		t.Fatal(err)
	}
}

// list returns the files below root, relative to it, and what was skipped.
func list(t *testing.T, root string) ([]string, *Skipped) {
	t.Helper()
	l, err := List(root)
	if err != nil {
		t.Fatal(err)
	}
	for i, file := range l.Files {
		if l.Files[i], err = filepath.Rel(root, file); err != nil {
			t.Fatal(err)
		}
	}
	return l.Files, &l.Skipped
}

func TestList_SkipsWhatToolsLeave(t *testing.T) {
	left := []string{
		".DS_Store", "._a.png", ".a.png", "Thumbs.db", "desktop.ini", "Desktop.ini", "~$a.png", "a.png:Zone.Identifier",
		".ipynb_checkpoints/a.png", "@eaDir/a.png/SYNOPHOTO_THUMB_M.jpg", "__MACOSX/._a.png", "__MACOSX/b/a.png", "#recycle/a.png",
		"$RECYCLE.BIN/S-1-5/a.png", "lost+found/a.png", "@__thumb/a.png", ".thumbnails/a.png", ".Trash-1000/files/a.png",
		"System Volume Information/a.png", ".git/a.png", "sub/.ipynb_checkpoints/a-checkpoint.png", "sub/@eaDir/a.jpg",
	}
	for _, name := range left {
		t.Run(name, func(t *testing.T) {
			files, skipped := list(t, tree(t, "a.png", "sub/b.JPG", name))
			if want := []string{"a.png", "sub/b.JPG"}; !slices.Equal(files, want) {
				t.Errorf("got %v, want %v", files, want)
			}
			if skipped.Tools() != 1 || len(skipped.Warnings()) != 0 || len(skipped.Details()) != 1 {
				t.Errorf("%d made by tools, warnings %q, details %q; want 1, none and one", skipped.Tools(), skipped.Warnings(), skipped.Details())
			}
		})
	}
}

func TestList_CountsWhatIsNotRead(t *testing.T) {
	root := tree(t, "a.png", "b.jfif", "c.JFIF", "d.jpe", "e.heic", "f.HEIC", "g.avif", "labels.csv", "README", "notes.txt")
	link(t, root, "nowhere.png", "h.png")
	files, skipped := list(t, root)
	if want := []string{"a.png", "b.jfif", "c.JFIF", "d.jpe"}; !slices.Equal(files, want) {
		t.Errorf("got %v, want %v", files, want)
	}
	want := []string{
		"1 .avif file is not read: convert them to PNG or JPEG (first: " + root + "/g.avif)",
		"2 .heic files are not read: convert them to PNG or JPEG (first: " + root + "/e.heic)",
		"1 link leads nowhere (first: " + root + "/h.png)",
		"3 files are no pictures, skipped (without ending, .csv, .txt)",
	}
	if d := cmp.Diff(want, skipped.Notes()); d != "" {
		t.Error(d)
	}
	if got := skipped.Pictures(); got != 4 {
		t.Errorf("got %d pictures that are not read, want 4", got)
	}
}

func TestList_FollowsLinks(t *testing.T) {
	tests := map[string]struct {
		make func(t *testing.T) (root string)
		want []string
		note string
	}{
		"folder outside": {func(t *testing.T) string {
			root := tree(t, "good/a.png", "store/chip/b.png", "store/chip/deep/c.png")
			link(t, root, "../store/chip", "good/chip")
			return filepath.Join(root, "good")
		}, []string{"a.png", "chip/b.png", "chip/deep/c.png"}, ""},
		"file": {func(t *testing.T) string {
			root := tree(t, "blobs/0123", "good/a.png")
			link(t, root, "../blobs/0123", "good/b.png")
			return filepath.Join(root, "good")
		}, []string{"a.png", "b.png"}, ""},
		"loop": {func(t *testing.T) string {
			root := tree(t, "a.png", "sub/b.png")
			link(t, root, "..", "sub/up")
			link(t, root, ".", "self")
			return root
		}, []string{"a.png", "sub/b.png"}, "2 links lead to"},
		"to a folder that holds this one": {func(t *testing.T) string {
			root := tree(t, "good/a.png", "bad/b.png")
			link(t, root, "..", "good/up")
			return filepath.Join(root, "good")
		}, []string{"a.png"}, "1 link leads to folders that are read anyway or hold this one"},
		"link to itself": {func(t *testing.T) string {
			root := tree(t, "a.png")
			link(t, root, "round", "round")
			return root
		}, []string{"a.png"}, "1 link leads nowhere"},
		"two links, one folder": {func(t *testing.T) string {
			root := tree(t, "good/a.png", "store/b.png")
			link(t, root, "../store", "good/x")
			link(t, root, "../store", "good/y")
			return filepath.Join(root, "good")
		}, []string{"a.png", "x/b.png"}, "1 link leads to folders that are read anyway or hold this one"},
		"a folder and a link to it": {func(t *testing.T) string {
			root := tree(t, "z/a.png")
			link(t, root, "z", "a")
			return root
		}, []string{"z/a.png"}, "1 link leads"},
		"two loops through a folder outside": {func(t *testing.T) string {
			root := tree(t, "one/a.png", "two/b.png")
			link(t, root, "../two", "one/two")
			link(t, root, "../one", "two/one")
			return filepath.Join(root, "one")
		}, []string{"a.png", "two/b.png"}, "1 link leads"},
		"the folder itself": {func(t *testing.T) string {
			root := tree(t, "store/a.png", "store/sub/b.png")
			link(t, root, "store", "good")
			return filepath.Join(root, "good")
		}, []string{"a.png", "sub/b.png"}, ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			files, skipped := list(t, tc.make(t))
			if !slices.Equal(files, tc.want) {
				t.Errorf("got %v, want %v", files, tc.want)
			}
			if notes := strings.Join(skipped.Notes(), "; "); !strings.Contains(notes, tc.note) || tc.note == "" && notes != "" {
				t.Errorf("notes %q, want %q", notes, tc.note)
			}
		})
	}
}

func TestList_WithoutPicturesSaysWhatIsThere(t *testing.T) {
	_, err := List(tree(t, "a.heic", "b.heic", ".DS_Store"))
	if !errors.Is(err, ErrNone) || !strings.Contains(err.Error(), "2 .heic files are not read") || !strings.Contains(err.Error(), ".png") {
		t.Errorf(`got %v; want errors.Is(err, ErrNone), strings.Contains(err.Error(), "2 .heic files are not read"), strings.Contains(err.Error(), ".png")`, err)
	}
	if _, err := List(filepath.Join(t.TempDir(), "nowhere")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v, want one that does not exist", err)
	}
}

func TestSkipped_Add(t *testing.T) {
	var sum Skipped
	for range 2 {
		l, err := Walk(tree(t, ".x.png", "a.avif", "b.txt"))
		if err != nil {
			t.Fatal(err)
		}
		sum.Add(&l.Skipped)
	}
	if sum.Tools() != 2 || sum.Pictures() != 2 || len(sum.Notes()) != 3 {
		t.Errorf("got %d, %d, %q; want sum.Tools() == 2, sum.Pictures() == 2, len(sum.Notes()) == 3", sum.Tools(), sum.Pictures(), sum.Notes())
	}
}
