package dataset

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// tree makes empty files and gives their root.
func tree(t *testing.T, files ...string) string {
	t.Helper()
	root := t.TempDir()
	for _, file := range files {
		path := filepath.Join(root, filepath.FromSlash(file))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func write(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Every picture file of a layout gets exactly one label.
func TestLayouts(t *testing.T) {
	table := tree(t, "1.png", "2.png", "m.png")
	write(t, filepath.Join(table, "labels.csv"), "\ufeffpath, label, defect, mask\n# a remark\n1.png,good,,\n2.png,NG,scratch,m.png\n")
	tests := map[string]struct {
		path string
		want []Picture
	}{
		"MVTec": {
			tree(t, "test/good/1.png", "test/crack/1.png", "test/crack/2.png", "ground_truth/crack/1_mask.png", "train/good/9.png", "license.txt"),
			[]Picture{{File: "test/crack/1.png", Bad: true, Defect: "crack", Mask: "ground_truth/crack/1_mask.png"}, {File: "test/crack/2.png", Bad: true, Defect: "crack"}, {File: "test/good/1.png"}, {File: "train/good/9.png", Train: true}},
		},
		"VisA": {
			tree(t, "Data/Images/Normal/0.JPG", "Data/Images/Anomaly/0.JPG", "Data/Masks/Anomaly/0.png"),
			[]Picture{{File: "Data/Images/Anomaly/0.JPG", Bad: true, Mask: "Data/Masks/Anomaly/0.png"}, {File: "Data/Images/Normal/0.JPG"}},
		},
		"plain": {
			tree(t, "good/1.jpg", "good/more/2.jpg", "bad/3.jpg", "bad/dent/deep/4.jpg", "masks/dent/4.png", "references/5.jpg", "notes.txt"),
			[]Picture{{File: "bad/3.jpg", Bad: true}, {File: "bad/dent/deep/4.jpg", Bad: true, Defect: "dent", Mask: "masks/dent/4.png"}, {File: "good/1.jpg"}, {File: "good/more/2.jpg"}, {File: "references/5.jpg", Train: true}},
		},
		"other names": {
			tree(t, "OK/1.jpg", "NG/1.jpg"),
			[]Picture{{File: "NG/1.jpg", Bad: true}, {File: "OK/1.jpg"}},
		},
		"CSV": {
			filepath.Join(table, "labels.csv"),
			[]Picture{{File: "1.png"}, {File: "2.png", Bad: true, Defect: "scratch", Mask: "m.png"}},
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := Open(tc.path)
			if err != nil {
				t.Fatal(err)
			}
			root := strings.TrimSuffix(tc.path, "/labels.csv") + "/"
			for i := range got {
				got[i].File, got[i].Mask = strings.TrimPrefix(got[i].File, root), strings.TrimPrefix(got[i].Mask, root)
			}
			if d := cmp.Diff(tc.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

// A folder that gives a picture no label is refused with the reason.
func TestFoldersWithoutLabelsAreRefused(t *testing.T) {
	table := tree(t, "1.png")
	csv := func(text string) string { return write(t, filepath.Join(t.TempDir(), "labels.csv"), text) }
	tests := map[string]struct{ path, says string }{
		"nothing there":     {filepath.Join(table, "nowhere"), "no such file"},
		"no labels":         {table, "wanted folders of good pictures (good, ok, normal, pristine)"},
		"a third folder":    {tree(t, "good/1.jpg", "bad/1.jpg", "maybe/1.jpg"), "maybe is neither among the good nor among the bad"},
		"only good":         {tree(t, "test/good/1.png"), "there are 1 and 0"},
		"empty folder":      {tree(t, "good/1.jpg", "bad/readme.txt"), "bad holds no .jpg"},
		"empty CSV":         {csv(""), "wanted path,label[,defect][,mask]"},
		"unknown column":    {csv("path,label,colour\n"), `line 1: unknown column "colour"`},
		"no label column":   {csv("path,defect\n"), `there is no column "label"`},
		"several mistakes":  {csv("path,label\nnowhere.png,good\n/,perhaps\n"), "nowhere.png: no such file"},
		"unknown label":     {csv("path,label\nnowhere.png,good\n/,perhaps\n"), `line 3: label "perhaps" is neither good`},
		"good with defect":  {csv("path,label,defect\n/,good,dent\n"), `line 2: a good picture has the defect "dent"`},
		"a line too short":  {csv("path,label\n/\n"), "line 2: wrong number of fields"},
		"no path":           {csv("path,label\n,good\n"), "line 2: the path is empty"},
		"twice in the list": {csv("path,label\n/,good\n/,bad\n"), "is listed twice"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := Open(tc.path); err == nil || !strings.Contains(err.Error(), tc.says) {
				t.Errorf("%v does not say %q", err, tc.says)
			}
		})
	}
	both := tree(t, "a/1.jpg")
	if _, err := Plain([]string{both}, []string{filepath.Join(both, "a")}); err == nil || !strings.Contains(err.Error(), "among the good and the bad") {
		t.Error(err)
	}
	if _, err := Plain([]string{both, both}, nil); err == nil || !strings.Contains(err.Error(), "given twice") {
		t.Error(err)
	}
}

func FuzzTable(f *testing.F) {
	for _, text := range []string{"path,label\n/,good\n", "path,label,defect,mask\n/,bad,dent,/\n", "label,path\n\"", "path,label\n/,good,\n"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		pictures, err := parseTable(strings.NewReader(text), t.TempDir())
		for _, p := range pictures {
			if p.File == "" || !p.Bad && p.Defect != "" {
				t.Fatalf("%q gives %+v, %v", text, p, err)
			}
		}
	})
}

func TestReferencesAreDrawn(t *testing.T) {
	pictures := []Picture{{File: "0"}, {File: "1", Bad: true}, {File: "2"}, {File: "3", Train: true}, {File: "4"}, {File: "5", Train: true}}
	for k, want := range map[int][]int{0: {0, 1, 2, 4}, 1: {0, 1, 2, 4}, 2: {0, 1, 2, 4}} {
		references, rest, err := Draw(pictures, k, 1)
		if err != nil || len(references) != k || !cmp.Equal(rest, want) {
			t.Errorf("%d references: %v, rest %v, %v", k, references, rest, err)
		}
		for _, i := range references {
			if !pictures[i].Train {
				t.Errorf("%d was drawn before those kept for training", i)
			}
		}
	}
	references, rest, err := Draw(pictures, 3, 7)
	if err != nil || len(references) != 3 || len(rest) != 3 {
		t.Errorf("%v, %v, %v", references, rest, err)
	}
	again, _, _ := Draw(pictures, 3, 7)
	if !cmp.Equal(references, again) {
		t.Error("the same seed draws others")
	}
	if _, _, err := Draw(pictures, 5, 1); err == nil || !strings.Contains(err.Error(), "leaves none to measure") {
		t.Error(err)
	}
}
