package dataset

import (
	"errors"
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

// opened returns a data set with its paths relative to a folder.
func opened(t *testing.T, path, root string) *Set {
	t.Helper()
	got, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	relative := func(file *string) {
		if *file, err = filepath.Rel(root, *file); err != nil {
			t.Fatal(err)
		}
	}
	for i := range got.Pictures {
		p := &got.Pictures[i]
		relative(&p.File)
		for k := range p.Masks {
			relative(&p.Masks[k])
		}
	}
	return got
}

// masks is one mask or more.
func masks(files ...string) []string { return files }

// Every picture file of a layout is labelled, a mask, or counted.
func TestOpen_Layouts(t *testing.T) {
	tests := map[string]struct {
		files    []string
		text     map[string]string // of files that hold text
		open     string            // "" for the folder
		layout   string
		want     []Picture
		warnings []string
	}{
		"MVTec AD": {
			files:  []string{"test/good/1.png", "test/crack/1.png", "test/crack/2.png", "ground_truth/crack/1_mask.png", "train/good/9.png", "license.txt"},
			layout: "MVTec AD",
			want: []Picture{
				{File: "test/crack/1.png", Bad: true, Defect: "crack", Masks: masks("ground_truth/crack/1_mask.png")}, {File: "test/crack/2.png", Bad: true, Defect: "crack"},
				{File: "test/good/1.png"}, {File: "train/good/9.png", Train: true},
			},
			warnings: []string{"masks: 1 of 2 bad pictures have none"},
		},
		"MVTec LOCO AD": {
			files: []string{
				"test/good/000.png", "test/logical_anomalies/000.png", "test/structural_anomalies/000.png", "train/good/000.png", "validation/good/000.png",
				"ground_truth/logical_anomalies/000/000.png", "ground_truth/logical_anomalies/000/001.png", "ground_truth/structural_anomalies/000/000.png",
			},
			layout: "MVTec LOCO AD",
			want: []Picture{
				{File: "test/good/000.png"},
				{File: "test/logical_anomalies/000.png", Bad: true, Defect: "logical_anomalies", Masks: masks("ground_truth/logical_anomalies/000/000.png", "ground_truth/logical_anomalies/000/001.png")},
				{File: "test/structural_anomalies/000.png", Bad: true, Defect: "structural_anomalies", Masks: masks("ground_truth/structural_anomalies/000/000.png")},
				{File: "train/good/000.png", Train: true}, {File: "validation/good/000.png", Train: true},
			},
		},
		"MVTec AD 2": {
			files: []string{
				"test_public/good/000_regular.png", "test_public/bad/000_regular.png", "test_public/bad/001_overexposed.png", "test_public/ground_truth/bad/000_regular_mask.png",
				"test_public/ground_truth/bad/001_overexposed_mask.png", "test_private/000.png", "test_private/001.png", "test_private_mixed/000.png", "train/good/000.png", "validation/good/000.png",
			},
			layout: "MVTec AD 2",
			want: []Picture{
				{File: "test_public/bad/000_regular.png", Bad: true, Masks: masks("test_public/ground_truth/bad/000_regular_mask.png")},
				{File: "test_public/bad/001_overexposed.png", Bad: true, Masks: masks("test_public/ground_truth/bad/001_overexposed_mask.png")},
				{File: "test_public/good/000_regular.png"}, {File: "train/good/000.png", Train: true}, {File: "validation/good/000.png", Train: true},
			},
			warnings: []string{"test_private: 2 not used", "test_private_mixed: 1 not used"},
		},
		"MVTec 3D-AD": {
			files: []string{
				"test/good/rgb/000.png", "test/good/gt/000.png", "test/good/xyz/000.tiff", "test/hole/rgb/000.png", "test/hole/gt/000.png", "test/hole/xyz/000.tiff",
				"train/good/rgb/000.png", "train/good/xyz/000.tiff", "calibration/camera.json",
			},
			layout: "MVTec 3D-AD",
			want: []Picture{
				{File: "test/good/rgb/000.png"}, {File: "test/hole/rgb/000.png", Bad: true, Defect: "hole", Masks: masks("test/hole/gt/000.png")}, {File: "train/good/rgb/000.png", Train: true},
			},
			warnings: []string{
				"test/good/gt: 1 not used", "test/good/xyz: 1 point clouds, which are not used", "test/hole/xyz: 1 point clouds, which are not used", "train/good/xyz: 1 point clouds, which are not used",
			},
		},
		"MVTec 3D-AD without xyz": {
			files:  []string{"test/good/rgb/000.png", "test/hole/rgb/000.png", "test/hole/gt/000.png"},
			layout: "MVTec 3D-AD",
			want:   []Picture{{File: "test/good/rgb/000.png"}, {File: "test/hole/rgb/000.png", Bad: true, Defect: "hole", Masks: masks("test/hole/gt/000.png")}},
		},
		"BTAD": {
			files:  []string{"test/ok/0000.bmp", "test/ko/0000.bmp", "test/ko/0001.bmp", "ground_truth/ko/0000.png", "ground_truth/ko/0001.bmp", "train/ok/0000.bmp"},
			layout: "BTAD",
			want: []Picture{
				{File: "test/ko/0000.bmp", Bad: true, Masks: masks("ground_truth/ko/0000.png")}, {File: "test/ko/0001.bmp", Bad: true, Masks: masks("ground_truth/ko/0001.bmp")},
				{File: "test/ok/0000.bmp"}, {File: "train/ok/0000.bmp", Train: true},
			},
		},
		"VisA": {
			files: []string{"Data/Images/Normal/0.JPG", "Data/Images/Anomaly/0.JPG", "Data/Images/Anomaly/1.JPG", "Data/Masks/Anomaly/0.png", "Data/Masks/Anomaly/1.png"},
			text: map[string]string{"image_anno.csv": "image,label,mask\ncandle/Data/Images/Normal/0.JPG,normal,\ncandle/Data/Images/Anomaly/0.JPG,\"chunk of wax missing,damaged corner\",candle/Data/Masks/Anomaly/0.png\n" +
				"candle/Data/Images/Anomaly/1.JPG,extra wax in candle,candle/Data/Masks/Anomaly/1.png\n"},
			layout: "VisA",
			want: []Picture{
				{File: "Data/Images/Anomaly/0.JPG", Bad: true, Defect: "chunk of wax missing,damaged corner", Masks: masks("Data/Masks/Anomaly/0.png")},
				{File: "Data/Images/Anomaly/1.JPG", Bad: true, Defect: "extra wax in candle", Masks: masks("Data/Masks/Anomaly/1.png")}, {File: "Data/Images/Normal/0.JPG"},
			},
		},
		"VisA without its CSV": {
			files:  []string{"Data/Images/Normal/0.JPG", "Data/Images/Anomaly/0.JPG", "Data/Masks/Anomaly/0.png"},
			layout: "VisA",
			want:   []Picture{{File: "Data/Images/Anomaly/0.JPG", Bad: true, Masks: masks("Data/Masks/Anomaly/0.png")}, {File: "Data/Images/Normal/0.JPG"}},
		},
		"VisA's 1cls": {
			files:  []string{"test/good/0.JPG", "test/bad/0.JPG", "ground_truth/bad/0.png", "train/good/1.JPG"},
			layout: "good and bad in test (VisA's 1cls)",
			want:   []Picture{{File: "test/bad/0.JPG", Bad: true, Masks: masks("ground_truth/bad/0.png")}, {File: "test/good/0.JPG"}, {File: "train/good/1.JPG", Train: true}},
		},
		"VisA's 1cls.csv": {
			files: []string{"candle/Data/Images/Normal/0.JPG", "candle/Data/Images/Normal/1.JPG", "candle/Data/Images/Anomaly/0.JPG", "candle/Data/Masks/Anomaly/0.png"},
			text: map[string]string{"split_csv/1cls.csv": "object,split,label,image,mask\ncandle,train,normal,candle/Data/Images/Normal/1.JPG,\ncandle,test,normal,candle/Data/Images/Normal/0.JPG,\n" +
				"candle,test,anomaly,candle/Data/Images/Anomaly/0.JPG,candle/Data/Masks/Anomaly/0.png\n"},
			open: "split_csv/1cls.csv", layout: "CSV",
			want: []Picture{
				{File: "candle/Data/Images/Anomaly/0.JPG", Bad: true, Masks: masks("candle/Data/Masks/Anomaly/0.png")}, {File: "candle/Data/Images/Normal/0.JPG"}, {File: "candle/Data/Images/Normal/1.JPG", Train: true},
			},
			warnings: []string{`columns that are not used: "object"`},
		},
		"Real-IAD": {
			files: []string{
				"realiad_1024/audiojack/OK/S0001/a.jpg", "realiad_1024/audiojack/OK/S0002/b.jpg", "realiad_1024/audiojack/NG/BX/S0003/c.jpg", "realiad_1024/audiojack/NG/BX/S0003/c.png",
				"realiad_1024/audiojack/NG/BX/S0003/d.jpg",
			},
			text: map[string]string{"realiad_jsons/realiad_jsons/audiojack.json": `{"meta": {"prefix": "audiojack/", "normal_class": "OK"},
				"train": [{"category": "audiojack", "anomaly_class": "OK", "image_path": "OK/S0001/a.jpg", "mask_path": null}],
				"test": [{"category": "audiojack", "anomaly_class": "OK", "image_path": "OK/S0002/b.jpg", "mask_path": null},
					{"category": "audiojack", "anomaly_class": "OK", "image_path": "NG/BX/S0003/d.jpg", "mask_path": null},
					{"category": "audiojack", "anomaly_class": "BX", "image_path": "NG/BX/S0003/c.jpg", "mask_path": "NG/BX/S0003/c.png"}]}`},
			open: "realiad_jsons/realiad_jsons/audiojack.json", layout: "Real-IAD",
			want: []Picture{
				{File: "realiad_1024/audiojack/NG/BX/S0003/c.jpg", Bad: true, Defect: "BX", Masks: masks("realiad_1024/audiojack/NG/BX/S0003/c.png")},
				{File: "realiad_1024/audiojack/NG/BX/S0003/d.jpg"}, {File: "realiad_1024/audiojack/OK/S0001/a.jpg", Train: true}, {File: "realiad_1024/audiojack/OK/S0002/b.jpg"},
			},
		},
		"Real-IAD's folders": { // the masks lie beside the pictures
			files:  []string{"OK/S0001/a.jpg", "NG/BX/S0003/c.jpg", "NG/BX/S0003/c.png"},
			layout: "good and bad",
			want:   []Picture{{File: "NG/BX/S0003/c.jpg", Bad: true, Defect: "BX", Masks: masks("NG/BX/S0003/c.png")}, {File: "OK/S0001/a.jpg"}},
		},
		"good and bad": {
			files:  []string{"good/1.jpg", "good/more/2.jpg", "bad/3.jpg", "bad/dent/deep/4.jpg", "masks/dent/4.png", "references/5.jpg", "notes.txt"},
			layout: "good and bad",
			want: []Picture{
				{File: "bad/3.jpg", Bad: true}, {File: "bad/dent/deep/4.jpg", Bad: true, Defect: "dent", Masks: masks("masks/dent/4.png")}, {File: "good/1.jpg"}, {File: "good/more/2.jpg"},
				{File: "references/5.jpg", Train: true},
			},
			warnings: []string{"masks: 1 of 2 bad pictures have none"},
		},
		"masks among the bad": {
			files:  []string{"good/1.png", "bad/1.png", "bad/1_mask.png", "bad/dent/2.png", "bad/dent/gt/2.png", "bad/ground_truth/dent/2.png", "masks/good/1.png"},
			layout: "good and bad",
			want:   []Picture{{File: "bad/1.png", Bad: true, Masks: masks("bad/1_mask.png")}, {File: "bad/dent/2.png", Bad: true, Defect: "dent", Masks: masks("bad/ground_truth/dent/2.png")}, {File: "good/1.png"}},
			warnings: []string{
				"bad/dent/gt: 1 not used", "masks/good: 1 not used",
			},
		},
		"other names": {
			files:  []string{"OK/1.jpg", "NG/1.jpg"},
			layout: "good and bad",
			want:   []Picture{{File: "NG/1.jpg", Bad: true}, {File: "OK/1.jpg"}},
		},
		"a split with bad ones to train": {
			files:    []string{"train/good/1.png", "train/bad/2.png", "valid/good/3.png", "test/good/4.png", "test/bad/5.png"},
			layout:   "good and bad in test (VisA's 1cls)",
			want:     []Picture{{File: "test/bad/5.png", Bad: true}, {File: "test/good/4.png"}, {File: "train/good/1.png", Train: true}, {File: "valid/good/3.png", Train: true}},
			warnings: []string{"train/bad: 1 not used"},
		},
		"left by tools": {
			files: []string{
				"test/good/1.png", "test/good/@eaDir/1.png/SYNOPHOTO_THUMB_M.jpg", "test/good/._1.png", "test/.ipynb_checkpoints/1.png", "test/@eaDir/x.png/y.jpg", "test/chip/2.png", "test/chip/.ipynb_checkpoints/2-checkpoint.png",
				"ground_truth/chip/2_mask.png", "ground_truth/chip/._2_mask.png", "__MACOSX/test/good/._1.png", "Thumbs.db", ".DS_Store", "train/good/3.png", "#recycle/4.png",
			},
			layout: "MVTec AD",
			want:   []Picture{{File: "test/chip/2.png", Bad: true, Defect: "chip", Masks: masks("ground_truth/chip/2_mask.png")}, {File: "test/good/1.png"}, {File: "train/good/3.png", Train: true}},
		},
		"left by tools among good and bad": {
			files:  []string{"good/1.png", "bad/2.png", "bad/@eaDir/2.png/SYNOPHOTO_THUMB_M.jpg", "@eaDir/x/y.jpg", "__MACOSX/good/._1.png", "._good.png", "lost+found/x.png"},
			layout: "good and bad",
			want:   []Picture{{File: "bad/2.png", Bad: true}, {File: "good/1.png"}},
		},
		"pictures that are not read": {
			files:    []string{"good/1.png", "good/2.HEIC", "bad/3.jfif", "bad/4.avif"},
			layout:   "good and bad",
			want:     []Picture{{File: "bad/3.jfif", Bad: true}, {File: "good/1.png"}},
			warnings: []string{"1 .avif file is not read", "1 .heic file is not read"},
		},
		"CSV": {
			files: []string{"1.png", "2.png", "3.png", "m.png"},
			text:  map[string]string{"labels.csv": "\ufeffpath, label, defect, mask\n# a remark\n1.png,good,,\n2.png,NG,scratch,m.png\n3.png,1,scratch,\n"},
			open:  "labels.csv", layout: "CSV",
			want:     []Picture{{File: "1.png"}, {File: "2.png", Bad: true, Defect: "scratch", Masks: masks("m.png")}, {File: "3.png", Bad: true, Defect: "scratch"}},
			warnings: []string{"masks: 1 of 2 bad pictures have none"},
		},
		"CSV of a German spreadsheet": {
			files: []string{"a/1.png", "a/2.png"},
			text:  map[string]string{"labels.csv": "\ufefffilename;label;operator\r\na\\1.png;0;Jörg\r\na\\2.png;1;\r\n"},
			open:  "labels.csv", layout: "CSV",
			want:     []Picture{{File: "a/1.png"}, {File: "a/2.png", Bad: true}},
			warnings: []string{`columns that are not used: "operator"`},
		},
		"CSV of Hugging Face's imagefolder": {
			files: []string{"1.png", "2.png", "3.png"},
			text:  map[string]string{"metadata.csv": "file_name,label,split\n1.png,0,train\n2.png,0,test\n3.png,1,test\n"},
			open:  "metadata.csv", layout: "CSV",
			want: []Picture{{File: "1.png", Train: true}, {File: "2.png"}, {File: "3.png", Bad: true}},
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			root := tree(t, tc.files...)
			for file, text := range tc.text {
				if err := os.MkdirAll(filepath.Dir(filepath.Join(root, file)), 0o700); err != nil {
					t.Fatal(err)
				}
				write(t, filepath.Join(root, file), text)
			}
			got := opened(t, filepath.Join(root, tc.open), root)
			if got.Layout != tc.layout {
				t.Errorf("the layout is %q, want %q", got.Layout, tc.layout)
			}
			if d := cmp.Diff(tc.want, got.Pictures); d != "" {
				t.Error(d)
			}
			if len(got.Warnings) != len(tc.warnings) {
				t.Fatalf("warnings %q, want %q", got.Warnings, tc.warnings)
			}
			for i, want := range tc.warnings {
				if !strings.HasPrefix(got.Warnings[i], want) {
					t.Errorf("warning %q, want %q", got.Warnings[i], want)
				}
			}
		})
	}
}

// A linked folder is read once, wherever it lies in a layout.
func TestOpen_Links(t *testing.T) {
	link := func(root, target, name string) {
		t.Helper()
		if err := os.Symlink(target, filepath.Join(root, name)); err != nil {
			t.Fatal(err)
		}
	}
	root := tree(t, "set/test/good/1.png", "store/chip/2.png", "store/good/3.png", "set/ground_truth/chip/2_mask.png")
	link(root, "../../store/chip", "set/test/chip")
	link(root, "../..", "set/test/good/loop")
	link(root, "set", "linked")
	if err := os.Mkdir(filepath.Join(root, "set/train"), 0o700); err != nil {
		t.Fatal(err)
	}
	link(root, "../../store/good", "set/train/good")
	for _, open := range []string{"set", "linked"} {
		got := opened(t, filepath.Join(root, open), filepath.Join(root, open))
		want := []Picture{{File: "test/chip/2.png", Bad: true, Defect: "chip", Masks: masks("ground_truth/chip/2_mask.png")}, {File: "test/good/1.png"}, {File: "train/good/3.png", Train: true}}
		if d := cmp.Diff(want, got.Pictures); d != "" {
			t.Errorf("%s: %s", open, d)
		}
	}
}

// A folder that gives a picture no label is refused with the reason.
func TestOpen_WithoutLabels(t *testing.T) {
	table := tree(t, "1.png")
	file := func(name, text string) string { return write(t, filepath.Join(t.TempDir(), name), text) }
	csv := func(text string) string { return file("labels.csv", text) }
	tests := map[string]struct{ path, says string }{
		"nothing there":      {filepath.Join(table, "nowhere"), "no such file"},
		"no labels":          {table, "it holds 1.png\nknown layouts:\n  good/ (or ok, normal, pristine) beside bad/"},
		"no labels, MVTec":   {table, "MVTec AD, LOCO AD"},
		"empty":              {t.TempDir(), "the folder is empty"},
		"several objects":    {tree(t, "bottle/test/good/1.png", "bottle/test/crack/1.png", "cable/test/good/1.png"), "it holds 2 data sets, of one object each: name one of them, such as"},
		"a third folder":     {tree(t, "good/1.jpg", "bad/1.jpg", "maybe/1.jpg"), "maybe is neither good nor bad"},
		"a loose picture":    {tree(t, "good/1.jpg", "bad/1.jpg", "2.jpg"), "2.jpg is neither good nor bad"},
		"only good":          {tree(t, "test/good/1.png"), "there are 1 and 0"},
		"only good, plain":   {tree(t, "good/1.png"), "but none of bad ones: it holds good\nknown layouts"},
		"empty folder":       {tree(t, "good/1.jpg", "bad/readme.txt"), "bad holds no .jpg"},
		"masks for pictures": {tree(t, "good/1.jpg", "bad/masks/1.png"), "bad holds masks only"},
		"not read":           {tree(t, "good/1.jpg", "bad/1.heic"), "1 .heic file is not read"},
		"empty CSV":          {csv(""), "wanted path,label[,defect][,mask]"},
		"misspelt column":    {csv("path,lable\n"), `there is no column "label" (or label_index, class, target, is_anomaly, anomaly), only path, lable`},
		"a column twice":     {csv("path,image,label\n"), `there are two columns for "path"`},
		"no label column":    {csv("path,defect\n"), `there is no column "label"`},
		"several mistakes":   {csv("path,label\nnowhere.png,good\n/,perhaps\n"), "nowhere.png: no such file"},
		"unknown label":      {csv("path,label\nnowhere.png,good\n/,perhaps\n"), `line 3: label "perhaps" is neither good`},
		"good with defect":   {csv("path,label,defect\n/,good,dent\n"), `line 2: a good picture has the defect "dent"`},
		"a line too short":   {csv("path,label\n/\n"), "line 2: wrong number of fields"},
		"no path":            {csv("path,label\n,good\n"), "line 2: the path is empty"},
		"twice in the list":  {csv("path,label\n/,good\n/,bad\n"), "is among the good and the bad ones"},
		"bad to train":       {csv("path,label,split\n/,bad,train\n"), "line 2: a bad picture is in the split for training"},
		"unknown split":      {csv("path,label,split\n/,bad,holdout\n"), `line 2: split "holdout" is neither train nor test`},
		"Windows-1252":       {csv("path,label,defect\n1.png,good,\n2.png,bad,Br\xfcche\n"), "line 3: the text is not UTF-8: save the file as UTF-8"},
		"UTF-16":             {csv("\xff\xfep\x00a\x00"), "line 1: the text is not UTF-8: save the file as UTF-8"},
		"other JSON":         {file("coco.json", `{"images": [], "annotations": []}`), `it has no "test": [{"anomaly_class", "image_path", "mask_path"}`},
		"damaged JSON":       {file("a.json", `{"test": `), "it is not JSON like Real-IAD's"},
		"JSON, no picture":   {file("a.json", `{"test": [{"anomaly_class": "OK", "image_path": "x.jpg"}]}`), "x.jpg: no such file"},
		"JSON, bad in train": {file("a.json", `{"train": [{"anomaly_class": "BX", "image_path": "a.json"}], "test": [{"anomaly_class": "OK", "image_path": "a.json"}]}`), "a bad picture (BX) is in train"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := Open(tc.path); err == nil || !strings.Contains(err.Error(), tc.says) {
				t.Errorf("got %v\nwant … %s …", err, tc.says)
			}
		})
	}
}

func TestPlain_TheSamePictureTwice(t *testing.T) {
	both := tree(t, "a/1.jpg")
	if err := os.Symlink("a", filepath.Join(both, "b")); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"a", "b"} {
		if _, err := Plain([]string{both}, []string{filepath.Join(both, bad)}); err == nil || !strings.Contains(err.Error(), "among the good and the bad") {
			t.Errorf("good and %s as bad: got %v", bad, err)
		}
	}
	// train/good is a link to what is measured.
	root := tree(t, "test/good/1.png", "test/chip/2.png")
	if err := errors.Join(os.Mkdir(filepath.Join(root, "train"), 0o700), os.Symlink("../test/good", filepath.Join(root, "train", "good"))); err != nil {
		t.Fatal(err)
	}
	if got := opened(t, root, root); len(got.Pictures) != 2 || got.Pictures[1].Train || len(got.Warnings) != 1 || !strings.Contains(got.Warnings[0], "only measured") {
		t.Errorf(`got %+v; want len(got.Pictures) == 2, not got.Pictures[1].Train, len(got.Warnings) == 1, strings.Contains(got.Warnings[0], "only measured")`, got)
	}
	if _, err := Plain([]string{both, both}, nil); err == nil || !strings.Contains(err.Error(), "given twice") {
		t.Errorf("got %v", err)
	}
}

func FuzzTable(f *testing.F) {
	for _, text := range []string{"path,label\n/,good\n", "path,label,defect,mask\n/,bad,dent,/\n", "label,path\n\"", "path,label\n/,good,\n", "file;is_anomaly;split\n/;1;test\n"} {
		f.Add([]byte(text))
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, text []byte) {
		r := &reader{set: &Set{}}
		err := r.parseTable(text, dir)
		for _, p := range r.set.Pictures {
			if p.File == "" || !p.Bad && (p.Defect != "" || p.Masks != nil) || p.Bad && p.Train {
				t.Fatalf(`%q gives %+v, %v; want p.File != "", not !p.Bad && (p.Defect != "" || p.Masks != nil), not p.Bad && p.Train`, text, p, err)
			}
		}
	})
}

func FuzzRealIAD(f *testing.F) {
	f.Add([]byte(`{"meta": {"prefix": "/", "normal_class": "OK"}, "train": [], "test": [{"anomaly_class": "OK", "image_path": "/"}, {"anomaly_class": "B", "image_path": "/", "mask_path": "/"}]}`))
	f.Add([]byte(`{"test": [{"anomaly_class": 1}]}`))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, text []byte) {
		r := &reader{set: &Set{}}
		err := r.parseRealIAD(text, dir)
		for _, p := range r.set.Pictures {
			if p.File == "" || p.Bad != (p.Defect != "") || !p.Bad && p.Masks != nil || p.Bad && p.Train {
				t.Fatalf(`%q gives %+v, %v; want p.File != "", p.Bad == (p.Defect != ""), not !p.Bad && p.Masks != nil, not p.Bad && p.Train`, text, p, err)
			}
		}
	})
}

func TestReferencesAreDrawn(t *testing.T) {
	pictures := []Picture{{File: "0"}, {File: "1", Bad: true}, {File: "2"}, {File: "3", Train: true}, {File: "4"}, {File: "5", Train: true}}
	for k, want := range map[int][]int{0: {0, 1, 2, 4}, 1: {0, 1, 2, 4}, 2: {0, 1, 2, 4}} {
		references, rest, err := Draw(pictures, k, 1)
		if err != nil || len(references) != k || !cmp.Equal(rest, want) {
			t.Errorf("%d references: %v, rest %v, %v; want err == nil, len(references) == k, cmp.Equal(rest, want)", k, references, rest, err)
		}
		for _, i := range references {
			if !pictures[i].Train {
				t.Errorf("%d was drawn before those kept for training", i)
			}
		}
	}
	references, rest, err := Draw(pictures, 3, 7)
	if err != nil || len(references) != 3 || len(rest) != 3 {
		t.Errorf("%v, %v, %v; want err == nil, len(references) == 3, len(rest) == 3", references, rest, err)
	}
	again, _, _ := Draw(pictures, 3, 7)
	if !cmp.Equal(references, again) {
		t.Error("the same seed draws others")
	}
	if _, _, err := Draw(pictures, 5, 1); err == nil || !strings.Contains(err.Error(), "leaves none to measure") {
		t.Errorf(`got err %+v; want err != nil, strings.Contains(err.Error(), "leaves none to measure")`, err)
	}
}
