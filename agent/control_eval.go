package agent

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"

	"pristine/capture"
	"pristine/capture/opencv"
	"pristine/evaluate"
	"pristine/evaluate/dataset"
	"pristine/evaluate/report"
	"pristine/events/control"
	"pristine/observe"
	"pristine/prompts"
	"pristine/trial"
)

// Evaluate implements control.Agent. It returns the output of `edge eval --format json`
// for the live set within the camera's region.
func (a controlled) Evaluate(ctx context.Context, name string, pictures []control.Labelled) (any, error) {
	k, err := a.camera(name)
	if err != nil {
		return nil, err
	}
	bank, l := k.live.Bank(), a.model.NewEncoder(k.view())
	outcomes := make([]evaluate.Outcome, 0, len(pictures))
	for _, p := range pictures {
		o, err := evaluatePicture(ctx, l, bank, &p)
		if err != nil {
			return nil, fmt.Errorf("evaluate %s: %w", p.Name, err)
		}
		outcomes = append(outcomes, o)
	}
	r := report.New([]report.Draw{{Turned: bank.Turned(), Angles: bank.Angles(), Detail: bank.Detail(), Outcomes: outcomes}}, bank.Set.Thresholds)
	r.Bundle, r.BundleHash, r.PromptSet = a.model.Bundle.Manifest.Name, a.model.Bundle.Hash, bank.Set.Name
	if n := bank.References(); n > 0 {
		r.References = fmt.Sprintf("%d of the camera", n)
	}
	return r, nil
}

// evaluatePicture scores a labelled picture. It refuses references of the bank, which
// would bias the figures.
func evaluatePicture(ctx context.Context, l *observe.Encoder, bank *prompts.Bank, p *control.Labelled) (o evaluate.Outcome, err error) {
	jpeg, err := p.JPEG(ctx)
	if err != nil {
		return o, err
	}
	sum := fmt.Sprintf("%x", sha256.Sum256(jpeg))
	if slices.ContainsFunc(bank.ReferencePictures(), func(r prompts.Reference) bool { return r.SHA == sum }) {
		return o, fmt.Errorf("%w: it is a reference of this camera", control.ErrRequest)
	}
	pix, width, height, err := opencv.Decode(jpeg)
	if err != nil {
		return o, fmt.Errorf("%w: %w", control.ErrRequest, err)
	}
	var seen prompts.Observation
	seen.Ask(bank.Needs())
	if err := l.Encode(ctx, &capture.Frame{Pix: pix, Width: width, Height: height}, &seen); err != nil {
		return o, err
	}
	var s prompts.Scores
	if err := bank.Score(&seen, &s); err != nil {
		return o, err
	}
	labelled := dataset.Picture{File: p.Name, Bad: p.Bad, Defect: p.Defect}
	return trial.NewOutcome(&labelled, &s, evaluate.NewCues(pix, width, height)), nil
}
