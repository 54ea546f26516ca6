package doctor

import (
	"context"
	"errors"
	"slices"
	"strings"

	"pristine/infer"
	"pristine/infer/bundle"
	"pristine/prompts"
)

// model examines ONNX Runtime and the bundle's files.
func (e *examination) model(context.Context) {
	library, err := infer.Load("")
	switch {
	case err == nil:
		e.add("runtime_good", "ONNX Runtime %s (%s); this program asks for 1.24 or newer", library.Version, library.Path)
	case errors.Is(err, infer.ErrLibraryVersion):
		e.add("runtime_version", "%v", err)
	default:
		e.add("runtime_missing", "%v", err)
	}
	if e.config == nil {
		return
	}
	for _, dir := range e.config.Model.Bundles() {
		b, err := bundle.Open(dir)
		switch {
		case err == nil:
			e.add("bundle_good", "bundle %s %s: its %d files are those of its manifest", b.Manifest.Name, b.Manifest.Version, len(b.Manifest.Files))
		case errors.Is(err, bundle.ErrDamaged):
			e.add("bundle_damaged", "%v", err)
		default:
			e.add("bundle_unusable", "%v", err)
		}
	}
}

// sets examines the prompt sets of the cameras, each once with each of its folders of
// references, if the model can be used.
func (e *examination) sets(ctx context.Context) {
	if e.config == nil || e.Judge == nil || slices.ContainsFunc(e.report.Findings, func(f Finding) bool {
		return f.Group == groupModel && f.Severity == Error
	}) {
		return
	}
	type use struct{ set, references string }
	var seen []use
	for i := range e.config.Cameras {
		camera := &e.config.Cameras[i]
		for _, s := range camera.Stations() {
			if u := (use{s.Prompts, s.References}); !slices.Contains(seen, u) {
				seen = append(seen, u)
				e.set(ctx, u.set, u.references, camera.LearnParts > 0)
			}
		}
	}
}

func (e *examination) set(ctx context.Context, file, references string, learns bool) {
	warnings, bank, err := e.Judge(ctx, e.config.Model, file, references)
	if err != nil {
		e.add("set_unusable", "%s: %v", file, err)
		return
	}
	for _, w := range warnings {
		e.add("set_lint", "%s:%d: %s", w.File, w.Line, strings.Join(slices.DeleteFunc([]string{w.Path, prompt(w), w.Reason}, func(s string) bool { return s == "" }), ": ")).Remedy = w.Remedy
	}
	armed, why := bank.Armed()
	if armed {
		e.add("set_good", "%s is armed: %s", file, why)
		return
	}
	if learns && bank.Set.Validation != nil {
		why += "; the camera learns its own references"
	}
	e.add("set_shadow", "%s is in shadow: %s", file, why)
}

func prompt(w prompts.Warning) string {
	if w.Prompt == "" {
		return ""
	}
	return `"` + w.Prompt + `"`
}
