package observe

import (
	"context"
	"time"

	"pristine/capture"
	"pristine/capture/opencv"
	"pristine/evaluate/dataset"
	"pristine/prompts"
)

// FilesByHash returns the files keyed by their SHA-256, in hex.
func FilesByHash(files []string) (map[string]string, error) {
	by := make(map[string]string, len(files))
	for _, file := range files {
		sum, err := dataset.Hash(file)
		if err != nil {
			return nil, err
		}
		by[sum] = file
	}
	return by, nil
}

// Complete adds what a set compares besides the upright pictures and the references
// lack: detail, quarter turns, angles, and the detail of those if it is used. It leaves
// pictures unchanged whose file is not among those given, by hash. It calls progress
// once for each picture.
func (e *Encoder) Complete(ctx context.Context, r *prompts.References, set *prompts.Set, files map[string]string, progress func()) error {
	needs, err := e.completeNeeds(r, set, files)
	if err != nil {
		return err
	}
	for i, p := range r.Pictures() {
		progress()
		file, given := files[p.SHA]
		if !given {
			continue
		}
		if err := e.addDetail(ctx, r, i, file, needs.Detail); err != nil {
			return err
		}
		if !needs.Turned || p.Bad || len(p.Seen.Turned) > 0 {
			continue
		}
		o := prompts.Observation{Detail: 1}
		if err := e.ObserveFileTurned(ctx, file, &o); err != nil {
			return err
		}
		if err := r.AddTurned(i, o.Turned); err != nil {
			return err
		}
	}
	given := func(i int) (string, bool) { file, given := files[r.Pictures()[i].SHA]; return file, given }
	if err := e.addAngles(ctx, r, needs.Angles, given); err != nil {
		return err
	}
	if e.model.detail(needs.Detail) == 1 {
		return nil
	}
	return e.addDetailTurned(ctx, r, []prompts.Turned{set.Turned}, given)
}

// completeNeeds returns the needs for encoding the pictures. Existing detail is kept,
// since all references must have the same, unless their files are given.
func (e *Encoder) completeNeeds(r *prompts.References, set *prompts.Set, files map[string]string) (prompts.Needs, error) {
	needs := set.LearnNeeds(r.Len())
	var given []string
	for _, p := range r.Pictures() {
		file, is := files[p.SHA]
		switch {
		case is && !p.Bad:
			given = append(given, file)
		case !is && !p.Bad && needs.Finer && len(p.Seen.Fine) > 0:
			needs.Detail, needs.Finer = p.Seen.Detail, false
		}
	}
	var err error
	needs.Detail, err = e.detailOf(needs, given)
	return needs, err
}

func (e *Encoder) addDetail(ctx context.Context, r *prompts.References, i int, file string, detail int) error {
	seen := &r.Pictures()[i].Seen
	if detail = e.model.detail(detail); detail == 1 || len(seen.Fine) > 0 && seen.Detail == detail {
		return nil
	}
	var o prompts.Observation
	if err := e.ObserveFile(ctx, file, prompts.Needs{Detail: detail}, &o); err != nil {
		return err
	}
	return r.AddFine(i, &o)
}

// addDetailTurned adds the detail of the quarter turns of the good references, if any of
// the options uses it. It leaves pictures unchanged whose file is not given.
func (e *Encoder) addDetailTurned(ctx context.Context, r *prompts.References, options []prompts.Turned, fileOf func(i int) (file string, given bool)) error {
	use, err := quartersInUse(r, options)
	if err != nil || !use {
		return err
	}
	for i, p := range r.Pictures() {
		file, given := fileOf(i)
		if p.Bad || !given || len(p.Seen.Fine) == 0 || len(p.Seen.FineTurned) > 0 {
			continue
		}
		o := prompts.Observation{Detail: p.Seen.Detail}
		if err := e.ObserveFileTurned(ctx, file, &o); err != nil {
			return err
		}
		if err := r.AddFineTurned(i, o.FineTurned); err != nil {
			return err
		}
	}
	return nil
}

// quartersInUse reports whether any of the options matches the references in quarter
// turns but not at all angles.
func quartersInUse(r *prompts.References, options []prompts.Turned) (bool, error) {
	for _, option := range options {
		every, err := r.AnglesInUse(option)
		if err != nil {
			return false, err
		}
		turned, err := r.TurnedInUse(option)
		if err != nil || turned && !every {
			return turned, err
		}
	}
	return false, nil
}

// EncodeTimes returns the time to encode a picture file alone, and with the given needs.
// Each is the shortest of three runs.
func (m *Model) EncodeTimes(ctx context.Context, view View, file string, needs prompts.Needs) (whole, all time.Duration, err error) {
	e := m.NewEncoder(view)
	pix, width, height, err := opencv.DecodeFile(file)
	if err != nil {
		return 0, 0, err
	}
	f := capture.Frame{Pix: pix, Width: width, Height: height}
	for _, x := range []struct {
		needs prompts.Needs
		to    *time.Duration
	}{{prompts.Needs{}, &whole}, {needs, &all}} {
		for range timedEncodes {
			var o prompts.Observation
			o.Ask(x.needs)
			start := time.Now()
			if err := e.Encode(ctx, &f, &o); err != nil {
				return 0, 0, err
			}
			if took := time.Since(start); *x.to == 0 || took < *x.to {
				*x.to = took
			}
		}
	}
	return whole, all, nil
}

const timedEncodes = 3
