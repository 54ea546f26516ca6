package onnxfile

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pristine/internal/untar"
)

func combined(t testing.TB) *Outline {
	t.Helper()
	o, err := Read(filepath.Join(untar.Gzip(t, "../testdata/exports/clip-gelu.tar.gz"), "onnx", "model.onnx"))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func names(values []Value) []string {
	var all []string
	for _, v := range values {
		all = append(all, v.Name)
	}
	slices.Sort(all)
	return all
}

func TestTheOutlineNamesInputsOutputsAndShapes(t *testing.T) {
	o := combined(t)
	if got := names(o.Inputs); !slices.Equal(got, []string{"attention_mask", "input_ids", "pixel_values"}) {
		t.Errorf("inputs %v", got)
	}
	if got := names(o.Outputs); !slices.Equal(got, []string{"image_embeds", "logits_per_image", "logits_per_text", "text_embeds"}) {
		t.Errorf("outputs %v", got)
	}
	for _, v := range o.Inputs {
		if v.Name == "pixel_values" && (v.Type != Float32 || !slices.Equal(v.Shape, []int64{-1, 3, 32, 32})) {
			t.Errorf("pixel_values is %+v", v)
		}
	}
	if scale, ok := o.Scalar("logit_scale"); !ok || scale < 3.40 || scale > 3.41 { // ln 30
		t.Errorf("logit_scale is %v, %v", scale, ok)
	}
	if _, ok := o.Scalar("no_such"); ok {
		t.Error("a weight that is not there has a value")
	}
}

func TestCutKeepsOnlyWhatTheOutputsNeed(t *testing.T) {
	o := combined(t)
	whole, err := os.Stat(o.Path)
	if err != nil {
		t.Fatal(err)
	}
	for output, inputs := range map[string][]string{"image_embeds": {"pixel_values"}, "text_embeds": {"attention_mask", "input_ids"}} {
		part, err := o.Cut(output)
		if err != nil {
			t.Fatal(err)
		}
		cut, err := Parse(part)
		if err != nil {
			t.Fatal(err)
		}
		if got := names(cut.Inputs); !slices.Equal(got, inputs) {
			t.Errorf("%s: inputs %v, want %v", output, got, inputs)
		}
		if got := names(cut.Outputs); !slices.Equal(got, []string{output}) {
			t.Errorf("%s: outputs %v", output, got)
		}
		if int64(len(part)) > whole.Size()*9/10 {
			t.Errorf("%s: %d bytes are left of %d: the other tower's weights are still there", output, len(part), whole.Size())
		}
	}
	if _, err := o.Cut("no_such"); err == nil || !strings.Contains(err.Error(), `no output "no_such"`) {
		t.Errorf("an unknown output gave %v", err)
	}
}

func TestAFileThatIsNoModelIsAnError(t *testing.T) {
	o := combined(t)
	data, err := os.ReadFile(o.Path)
	if err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string][]byte{
		"empty": nil, "text": []byte("version https://git-lfs.github.com/spec/v1\n"), "cut short": data[:len(data)-1000], "half": data[:len(data)/2],
		"JSON": []byte(`{"a": 1}`),
	} {
		if _, err := Parse(bad); !errors.Is(err, ErrNotONNX) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	o := combined(f)
	part, err := o.Cut("logits_per_text")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(part[:4000])
	f.Add([]byte{8, 8, 58, 4, 98, 2, 10, 0})
	f.Fuzz(func(_ *testing.T, data []byte) {
		o, err := Parse(data)
		if err != nil {
			return
		}
		_ = o.CheckExternal()
		for _, v := range o.Outputs {
			_, _ = o.Cut(v.Name)
			o.Scalar(v.Name)
		}
	})
}
