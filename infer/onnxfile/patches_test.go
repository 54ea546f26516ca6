package onnxfile

import (
	"strings"
	"testing"

	"pristine/internal/gunzip"
)

func model(t *testing.T, name string) *Outline {
	t.Helper()
	o, err := Parse(gunzip.File(t, "../testdata/patches/"+name+".onnx.gz"))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// Each family's tokens are found by what stands behind them, and by nothing else.
func TestTokens_AreFoundByStructure(t *testing.T) {
	for name, want := range map[string]struct {
		output            string
		firstToken, norms bool
	}{
		"clip-embeds-14": {"image_embeds", true, true}, "clip-embeds-17": {"image_embeds", true, true}, "clip-both-14": {"image_embeds", true, true},
		"siglip-pooled-14": {"pooler_output", true, true}, "siglip-pooled-17": {"pooler_output", true, true}, "siglip-both-17": {"image_embeds", true, true},
		"clip-mean-17": {"image_embeds", false, false},
	} {
		o := model(t, name)
		first, ok := o.FirstTokenOf(want.output, "pixel_values")
		if ok != want.firstToken {
			t.Errorf("%s: the first token is of %q, %v", name, first, ok)
		}
		norm, ok := o.LastNormOf(want.output, "pixel_values")
		if ok != want.norms || ok && norm == first {
			t.Errorf("%s: the last normalisation is %q, %v", name, norm, ok)
		}
		for _, find := range []func(output, input string) (string, bool){o.FirstTokenOf, o.LastNormOf} {
			if tokens, ok := find(want.output, "input_ids"); ok {
				t.Errorf("%s: of the text, %q", name, tokens)
			}
			if tokens, ok := find("no_such", "pixel_values"); ok {
				t.Errorf("%s: of no output, %q", name, tokens)
			}
		}
	}
	o := model(t, "clip-both-14")
	for output, of := range map[string][2]bool{"image_embeds": {true, false}, "text_embeds": {false, true}, "logits_per_image": {true, true}} {
		if got := [2]bool{o.DependsOn(output, "pixel_values"), o.DependsOn(output, "input_ids")}; got != of {
			t.Errorf("%s depends on picture and text: %v, want %v", output, got, of)
		}
	}
}

func TestAddPatches_Refused(t *testing.T) {
	o := model(t, "clip-embeds-17")
	for want, p := range map[string]Patches{
		`nothing in the model makes "no_such"`:         {Tokens: "no_such", Output: "patches"},
		`nothing in the model makes "pixel_values"`:    {Tokens: "pixel_values", Output: "patches"},
		`the model has a value "image_embeds" already`: {Tokens: "image_embeds", Output: "image_embeds"},
	} {
		if _, err := o.AddPatches(p); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want … %s", err, want)
		}
	}
}
