package finder

import (
	"context"
	"image"
	"path/filepath"

	"pristine/evaluate/report"
	"pristine/observe"
	"pristine/prompts"
	"pristine/search"
	"pristine/trial"
)

// folder is a collection of picture files.
type folder struct {
	options FolderOptions
	model   *observe.Model
	dir     string
	files   []string
}

// FolderOptions say how a folder is read. Both functions must be set.
type FolderOptions struct {
	Encoding func(total int) (progress func()) // called before pictures are encoded; progress after each
	LeftOut  func(err error)                   // a picture cannot be read
}

// Folder returns the collection of a folder's files, which are searched by the
// names that they are given by.
func Folder(model *observe.Model, dir string, files []string, o FolderOptions) Collection {
	return &folder{o, model, dir, files}
}

func (f *folder) identity() (string, error) {
	in, err := filepath.Abs(f.dir)
	return f.dir + "\x00" + in, err // entries are named as the user names the folder
}

// entries encodes what is new or changed.
func (f *folder) entries(ctx context.Context, old *search.Index, out *Found) ([]search.Entry, bool, error) {
	plan, err := search.NewPlan(old, f.files)
	if err != nil || !plan.Changed {
		return nil, false, err
	}
	entries := plan.Kept
	err = f.model.ObserveFiles(ctx, plan.Encode, prompts.Needs{}, func(i int, _ *trial.Photo, o *prompts.Observation) error {
		entries = append(entries, search.Entry{Name: plan.Encode[i], Stamp: plan.Stamps[i], Vector: search.Encode(o.Embedding)})
		return nil
	}, func(i int, err error) {
		f.options.LeftOut(err)
		out.LeftOut = append(out.LeftOut, plan.Encode[i])
	}, f.options.Encoding(len(plan.Encode)))
	out.Encoded = len(plan.Encode) - len(out.LeftOut)
	return entries, true, err
}

func (f *folder) describe(h search.Hit) (Hit, error) { return Hit{Hit: h}, nil }

func (f *folder) picture(_ context.Context, h *Hit) (image.Image, error) {
	p, err := observe.OpenPhoto(h.Name)
	if err != nil {
		return nil, err
	}
	return report.Overlay(p.Pix, p.Width, p.Height, report.Heat{}, search.SheetCell), nil
}
