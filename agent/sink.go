package agent

import (
	"context"
	"crypto/sha256"
	"fmt"

	"pristine/capture/opencv"
	"pristine/events"
	"pristine/inspect"
	"pristine/internal/heatmap"
	"pristine/internal/meter"
	"pristine/internal/polygon"
	"pristine/prompts"
)

// sink turns results into events, with evidence for what is not a plain PASS.
type sink struct {
	camera *camera
	answer func(events.Result) // of what was stored; may be nil
}

// Publish implements inspect.Sink.
func (s *sink) Publish(ctx context.Context, r *inspect.Result) error {
	k := s.camera
	bank := k.live.Bank()
	if scored, ok := r.Scorer.(*prompts.Bank); ok {
		bank = scored // a swap since then changes nothing for this frame
	}
	status := k.agent.model.Images.Status()
	data := events.Result{
		Camera: r.Camera, Part: r.Part, Verdict: string(r.Verdict), Reason: string(r.Reason), Detail: r.Detail, Shadow: r.Shadow, ShadowReason: r.ShadowReason,
		Thresholds: &events.Thresholds{Review: r.Limits.Review, Fail: r.Limits.Fail}, Frames: r.Frames,
		Latency:  map[string]float64{"health": meter.Milliseconds(r.Health), "encode": meter.Milliseconds(r.Encode), "score": meter.Milliseconds(r.Score)},
		Provider: status.Provider, Degraded: status.Degraded, Bundle: k.agent.model.Bundle.Hash, PromptSet: bank.Set.Name, References: bank.References(),
	}
	if r.Scores != nil {
		k.ages.Observe(r.Finished.Sub(r.Frame.Captured))
		data.Defect, data.Raw, data.Margin, data.Likeliest = r.Scores.Defect, r.Scores.Raw, r.Scores.Margin, r.Scores.Top
		data.Classes = make(map[string]float64, len(r.Scores.Classes))
		for _, c := range r.Scores.Classes {
			data.Classes[c.Name] = c.Probability
		}
		if r.Verdict != inspect.Pass {
			data.Prompts = s.prompts(bank, r)
		}
	}
	if f := r.Frame; f != nil {
		data.Frame = &events.Frame{
			Sequence: f.Seq, Captured: f.Captured.UTC(), AgeMS: meter.Milliseconds(r.Finished.Sub(f.Captured)),
			Width: f.Width, Height: f.Height, Dropped: f.Dropped, Name: f.Name,
		}
		if len(f.Pix) > 0 {
			data.Frame.SHA256 = fmt.Sprintf("%x", sha256.Sum256(f.Pix))
		}
	}
	var jpeg []byte
	if (r.Verdict != inspect.Pass || k.agent.board.wants()) && r.Frame != nil && len(r.Frame.Pix) == 3*r.Frame.Width*r.Frame.Height && len(r.Frame.Pix) > 0 {
		jpeg = s.jpeg(r)
	}
	if r.Verdict != inspect.Pass && jpeg != nil {
		data.Evidence, data.Heatmap = s.evidence(ctx, r, jpeg), s.heatmap(ctx, r)
	}
	event, err := k.agent.store.Append(ctx, events.TypeResult, data)
	if err != nil {
		k.agent.log.Error("an event was lost", "camera", r.Camera, "part", r.Part, "verdict", r.Verdict, "err", err)
		return err
	}
	if s.answer != nil {
		s.answer(data)
	}
	s.remember(event, r) // whoever waits for the answer need not wait for a thumbnail
	k.agent.terminal.Result(r, k.truthOf(r.Part))
	k.agent.board.result(r, jpeg)
	return nil
}

// prompts are those that speak most for and against the picture. Without them
// the event is still worth sending.
func (s *sink) prompts(bank *prompts.Bank, r *inspect.Result) *events.Prompts {
	good, bad, err := bank.ForAndAgainst(r.Embedding, events.MaxPrompts)
	if err != nil {
		s.camera.agent.log.Error("a result has no prompts", "camera", r.Camera, "part", r.Part, "err", err)
		return nil
	}
	said := func(texts []prompts.Text) []events.Prompt {
		all := make([]events.Prompt, 0, len(texts))
		for _, t := range texts {
			text := []rune(t.Prompt)
			all = append(all, events.Prompt{Class: t.Class, Prompt: string(text[:min(len(text), events.MaxPromptRunes)]), Cosine: t.Cosine})
		}
		return all
	}
	return &events.Prompts{For: said(good), Against: said(bad)}
}

// jpeg is the deciding frame's picture. Without it the event is still worth
// sending.
func (s *sink) jpeg(r *inspect.Result) []byte {
	jpeg, err := opencv.EncodeJPEG(r.Frame.Pix, r.Frame.Width, r.Frame.Height, s.camera.agent.config.Events.JPEGQuality)
	if err != nil {
		s.camera.agent.log.Error("a result has no picture", "camera", r.Camera, "part", r.Part, "err", err)
	}
	return jpeg
}

// evidence stores the picture.
func (s *sink) evidence(ctx context.Context, r *inspect.Result, jpeg []byte) *events.Evidence {
	e, err := s.camera.agent.store.PutEvidence(ctx, string(r.Verdict), jpeg)
	if err != nil {
		s.camera.agent.log.Error("an event has no evidence", "camera", r.Camera, "part", r.Part, "err", err)
	}
	return e
}

// heatmap stores the picture with the map of its scores over it, where there
// is one.
func (s *sink) heatmap(ctx context.Context, r *inspect.Result) *events.Evidence {
	if r.Scores == nil {
		return nil
	}
	f := r.Frame
	drawn := heatmap.Over(f.Pix, f.Width, f.Height, s.camera.view().Pixels(f.Width, f.Height), r.Scores.Map, r.Scores.MapGrid)
	if drawn == nil {
		return nil
	}
	polygon.Draw(polygon.Points(s.camera.config.Polygon), f.Width, f.Height).Restore(drawn, f.Pix)
	jpeg, err := opencv.EncodeJPEG(drawn, f.Width, f.Height, s.camera.agent.config.Events.JPEGQuality)
	if err != nil {
		s.camera.agent.log.Error("a result has no heat map", "camera", r.Camera, "part", r.Part, "err", err)
		return nil
	}
	return s.evidence(ctx, r, jpeg)
}
