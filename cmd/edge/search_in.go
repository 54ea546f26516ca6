package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"path/filepath"
	"strings"

	"github.com/google/renameio/v2"

	"pristine/capture/opencv"
	"pristine/evaluate/report"
	"pristine/events"
	"pristine/events/history"
	"pristine/internal/usage"
	"pristine/observe"
	"pristine/prompts"
	"pristine/search"
	"pristine/trial"
)

// folder is a collection of picture files.
type folder struct {
	streams *streams
	engine  *observe.Model
	dir     string
	files   []string
}

func openFolder(s *streams, e *observe.Model, dir string) (*folder, error) {
	files, err := s.list(dir)
	if err != nil {
		return nil, usage.Error(err)
	}
	return &folder{s, e, dir, files}, nil
}

func (f *folder) identity() (string, error) {
	in, err := filepath.Abs(f.dir)
	return f.dir + "\x00" + in, err // entries are named as the user names the folder
}

// entries encodes what is new or changed.
func (f *folder) entries(ctx context.Context, old *search.Index, out *found) ([]search.Entry, bool, error) {
	plan, err := search.NewPlan(old, f.files)
	if err != nil || !plan.Changed {
		return nil, false, err
	}
	entries := plan.Kept
	err = f.engine.ObserveFiles(ctx, plan.Encode, prompts.Needs{}, func(i int, _ *trial.Photo, o *prompts.Observation) error {
		entries = append(entries, search.Entry{Name: plan.Encode[i], Stamp: plan.Stamps[i], Vector: search.Encode(o.Embedding)})
		return nil
	}, func(i int, err error) {
		fmt.Fprintln(f.streams.err, "left out:", err)
		out.LeftOut = append(out.LeftOut, plan.Encode[i])
	}, advance(countBar(f.streams.err, "encoding", len(plan.Encode))))
	out.Encoded = len(plan.Encode) - len(out.LeftOut)
	return entries, true, err
}

func (f *folder) describe(h search.Hit) (hit, error) { return hit{Hit: h}, nil }

func (f *folder) picture(_ context.Context, h *hit) (image.Image, error) {
	p, err := observe.OpenPhoto(h.Name)
	if err != nil {
		return nil, err
	}
	return report.Overlay(p.Pix, p.Width, p.Height, report.Heat{}, report.Scale{}, search.SheetCell), nil
}

// seenPart is one result of an agent.
type seenPart struct {
	history.Seen
	Sequence uint64 `json:"sequence"` // in the history
}

// seen is the collection of what an agent has seen.
type seen struct {
	reader *history.Reader
	url    string
	dim    int
}

func openSeen(ctx context.Context, e *observe.Model, h events.Hub) (collection, func(), error) {
	r, err := history.Open(ctx, h, e.Bundle.Hash)
	if errors.Is(err, history.ErrNone) {
		return nil, nil, usage.Error(err)
	}
	if err != nil {
		return nil, nil, err
	}
	return &seen{r, h.URL, e.Images.Shapes().Dim}, r.Close, nil
}

func (s *seen) identity() (string, error) { return s.url + "\x00" + s.reader.Identity(), nil }

// entries takes in what came since; what the agent has forgotten goes.
func (s *seen) entries(ctx context.Context, old *search.Index, out *found) (entries []search.Entry, changed bool, err error) {
	after := uint64(0)
	if old != nil {
		for i := range old.Len() {
			e := old.Entry(i)
			if uint64(e.Stamp.Size) >= s.reader.First() {
				entries = append(entries, e)
			}
			after = max(after, uint64(e.Stamp.Size))
		}
		changed = len(entries) < old.Len()
	}
	err = s.reader.Each(ctx, after, func(sequence uint64, record *history.Seen) error {
		if len(record.Vector) != s.dim {
			s.reader.Refused++
			return nil
		}
		name, err := json.Marshal(seenPart{*record, sequence})
		entries = append(entries, search.Entry{
			Name: string(name), Stamp: search.Stamp{Size: int64(sequence), Modified: record.Time.UnixNano()},
			Vector: search.Code{Scale: record.Scale, Bytes: record.Vector},
		})
		changed = true
		return err
	})
	out.Refused = s.reader.Refused
	return entries, changed, err
}

func (s *seen) describe(h search.Hit) (hit, error) {
	part := new(seenPart)
	if err := json.Unmarshal([]byte(h.Name), part); err != nil {
		return hit{}, fmt.Errorf("read index: %w", err)
	}
	h.Name = strings.TrimSpace(part.Verdict + " " + part.Camera + " " + part.Part)
	return hit{h, part}, nil
}

// picture is blank where the agent has forgotten it meanwhile.
func (s *seen) picture(ctx context.Context, h *hit) (image.Image, error) {
	thumb, err := s.reader.Thumb(ctx, h.Seen.Sequence)
	if err != nil || len(thumb) == 0 {
		return image.NewGray(image.Rect(0, 0, search.SheetCell, search.SheetCell)), err
	}
	pix, width, height, err := opencv.Decode(thumb)
	if err != nil {
		return nil, err
	}
	return report.Overlay(pix, width, height, report.Heat{}, report.Scale{}, search.SheetCell), nil
}

func writeSheet(ctx context.Context, file string, in collection, all []hit) error {
	hits, pictures := make([]search.Hit, len(all)), make([]image.Image, len(all))
	for i := range all {
		var err error
		if pictures[i], err = in.picture(ctx, &all[i]); err != nil {
			return err
		}
		hits[i] = all[i].Hit
	}
	encode := png.Encode
	if strings.ToLower(filepath.Ext(file)) != ".png" {
		encode = func(w io.Writer, m image.Image) error { return jpeg.Encode(w, m, &jpeg.Options{Quality: 90}) }
	}
	pending, err := renameio.NewPendingFile(file, renameio.WithPermissions(0o644))
	if err != nil {
		return fmt.Errorf("write contact sheet: %w", err)
	}
	defer func() { _ = pending.Cleanup() }()
	if err := encode(pending, search.Sheet(hits, pictures)); err != nil {
		return fmt.Errorf("write contact sheet: %w", err)
	}
	return pending.CloseAtomicallyReplace()
}
