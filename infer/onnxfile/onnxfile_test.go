package onnxfile

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pristine/internal/gunzip"
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
		t.Errorf("logit_scale is %v, %v; want ok, scale >= 3.40, scale <= 3.41", scale, ok)
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

// Widen changes the types of inputs and outputs, and no names.
func TestWiden(t *testing.T) {
	o := combined(t)
	if _, err := o.Widen("pixel_values"); err == nil || !strings.Contains(err.Error(), `no input or output "pixel_values" of float16`) {
		t.Errorf("a float32 input: %v", err)
	}
	if _, err := o.Widen("no_such"); err == nil {
		t.Error("an input that is not there gave no error")
	}
}

func TestTypeName(t *testing.T) {
	for elem, want := range map[int]string{Float32: "float32", Float16: "float16", BFloat16: "bfloat16", Uint8: "uint8", 99: "a type that is not known (99)"} {
		if got := TypeName(elem); got != want {
			t.Errorf("%d is %q, want %q", elem, got, want)
		}
	}
}

// The bits of float16 are those of IEEE 754 binary16.
func TestFloat16(t *testing.T) {
	for bits, want := range map[uint16]float64{0x3c00: 1, 0xc000: -2, 0x7bff: 65504, 0x0400: 6.103515625e-05, 0x0001: 5.9604644775390625e-08, 0x0000: 0, 0x4480: 4.5, 0x7c00: math.Inf(1)} {
		if got := float16(bits); got != want {
			t.Errorf("%#04x is %v, want %v", bits, got, want)
		}
	}
	if got := float16(0x7e00); !math.IsNaN(got) {
		t.Errorf("0x7e00 is %v, want no number", got)
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
	for _, name := range []string{"clip-embeds-14", "siglip-pooled-17"} {
		f.Add(gunzip.File(f, "../testdata/patches/"+name+".onnx.gz"))
	}
	f.Add([]byte{8, 8, 58, 4, 98, 2, 10, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		o, err := Parse(data)
		if err != nil {
			return
		}
		_ = o.CheckExternal()
		for _, v := range o.Outputs {
			_, _ = o.Cut(v.Name)
			o.Scalar(v.Name)
			for _, find := range []func(output, input string) (string, bool){o.FirstTokenOf, o.LastNormOf} {
				tokens, ok := find(v.Name, "pixel_values")
				if !ok {
					continue
				}
				if with, err := o.AddPatches(Patches{Tokens: tokens, Skip: 1, Output: "patches"}); err == nil {
					if _, err := Parse(with); err != nil {
						t.Fatalf("after AddPatches(%q): %v", tokens, err)
					}
				}
			}
		}
		for name := range o.weights {
			o.Scalar(name)
		}
		for _, v := range append(o.Inputs, o.Outputs...) {
			if v.Type != Float16 {
				continue
			}
			wide, err := o.Widen(v.Name)
			if err != nil {
				t.Fatalf("widen %q of a model that was read: %v", v.Name, err)
			}
			if _, err := Parse(wide); err != nil {
				t.Fatalf("after Widen(%q): %v", v.Name, err)
			}
		}
		names := map[string]string{}
		for _, location := range o.External {
			names[location] = "moved/" + location
		}
		if moved, err := o.Relocate(names); err == nil {
			if again, err := Parse(moved); err != nil || len(again.External) != len(o.External) {
				t.Fatalf("after Relocate: %v, external data in %q, before in %q", err, again.External, o.External)
			}
		}
	})
}
