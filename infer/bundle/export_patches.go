package bundle

import (
	"slices"

	"pristine/infer/onnxfile"
)

// lastHiddenState is what transformers calls the tokens behind a tower's last layer.
const lastHiddenState = "last_hidden_state"

// madeFeatures names the output that is made of an export's tokens.
const madeFeatures = "patch_features"

// patches takes patch features from the image model's tokens: those that it returns, or
// those that its embedding is made of, where the graph shows for certain which these
// are. Else the bundle has no patches.
func (r *exportReader) patches(o *onnxfile.Outline) {
	m := &r.export.Manifest.Image
	tokens, ok := tokensOf(o, m, r.config.sigmoid())
	if !ok {
		return
	}
	made := onnxfile.Patches{Tokens: tokens, Skip: r.config.prefixTokens(), Output: madeFeatures}
	if err := o.CheckPatches(made); err != nil {
		return
	}
	m.Outputs.PatchFeatures, m.Outputs.PatchTokens, m.PrefixTokens = made.Output, made.Tokens, made.Skip
}

// tokensOf finds the value of an image model that holds the tokens behind its last
// layer.
func tokensOf(o *onnxfile.Outline, m *ImageManifest, pooled bool) (string, bool) {
	given := slices.ContainsFunc(o.Outputs, func(v onnxfile.Value) bool { return v.Name == lastHiddenState })
	if given && o.DependsOn(lastHiddenState, m.Input) && !o.DependsOn(lastHiddenState, "input_ids") {
		return lastHiddenState, true
	}
	if m.Outputs.Embedding == "" {
		return "", false
	}
	if pooled {
		return o.LastNormOf(m.Outputs.Embedding, m.Input)
	}
	return o.FirstTokenOf(m.Outputs.Embedding, m.Input)
}
