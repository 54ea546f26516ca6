package agent

import (
	"context"
	"crypto/sha256"
	"fmt"
	"image"
	"math"
	"slices"
	"time"

	"pristine/capture/opencv"
	"pristine/events"
	"pristine/inspect"
	"pristine/internal/heatmap"
	"pristine/internal/meter"
	"pristine/internal/polygon"
	"pristine/prompts"
	"pristine/telemetry/metrics"
	"pristine/telemetry/profiles"
)

// sink turns results into events, with evidence for what is not a plain PASS. The
// verdict is shown and answered at once; pictures and the event follow through the
// camera's queue, so that a slow disk stalls neither the line nor the camera.
type sink struct {
	camera *camera
	answer func(events.Result) // of a request, before its event is stored; may be nil
}

// Publish implements inspect.Sink. It does not wait for the disk. Its error says
// that the result will have no event.
func (s *sink) Publish(ctx context.Context, r *inspect.Result) error {
	k, start := s.camera, time.Now()
	k.labels.Enter(profiles.Sink)
	defer k.labels.Leave(ctx, profiles.Health)
	if r.Scores != nil {
		age := r.Finished.Sub(r.Frame.Captured)
		k.ages.Observe(age)
		k.metrics.Verdict(age, r.Decision.Score)
		k.agent.start.verdict(k.agent.log, r.Camera)
	}
	p := k.queue.spare.Get().(*pending)
	shown := s.pageJPEG(r)
	p.flagged = k.agent.board.result(r, shown, s.pageMap(r))
	if p.jpeg = nil; shown != nil && !tooLarge(r) {
		p.jpeg = shown // the evidence is the same
	}
	scored, ok := r.Scorer.(*liveBank)
	if !ok {
		scored = k.live.current.Load() // nothing scored it
	}
	p.data = s.data(scored, r)
	p.trace = k.traces.Verdict(r.Part, string(r.Verdict), string(r.Reason), r.Decision.Score)
	p.data.Traceparent = p.trace.Traceparent()
	if s.answer != nil {
		s.answer(p.data)
	}
	p.detailed = k.detailed(r)
	p.hold(r, k.queue, (p.detailed || r.Verdict != inspect.Pass) && !r.NoPicture)
	p.queued = time.Now()
	k.metrics.Observe(metrics.Sink, p.queued.Sub(start))
	p.trace.Answered(start, p.queued)
	err := k.queue.put(p)
	if err != nil {
		k.recordWatched(nil, r, err)
	}
	return err
}

// data returns the event of a result without its slow parts: hashes and evidence.
func (s *sink) data(bank *liveBank, r *inspect.Result) events.Result {
	k := s.camera
	status := k.agent.model.Images.Status()
	data := events.Result{
		Camera: r.Camera, Part: r.Part, Verdict: string(r.Verdict), Reason: string(r.Reason), Detail: r.Detail, Shadow: r.Shadow, ShadowReason: r.ShadowReason,
		Defect: r.Decision.Score, Agreed: r.Decision.Agreed, Of: r.Decision.Of,
		Thresholds: &events.Thresholds{Review: r.Limits.Review, Fail: r.Limits.Fail}, Frames: r.Frames,
		Latency:  map[string]float64{"health": meter.Milliseconds(r.Health), "encode": meter.Milliseconds(r.Encode), "score": meter.Milliseconds(r.Score)},
		Provider: status.Provider, Degraded: status.Degraded, Bundle: k.agent.model.Bundle.Hash, PromptSet: bank.Set.Name, Set: bank.origin, References: bank.References(),
	}
	if r.Scores != nil {
		data.FrameDefect, data.Raw, data.Margin = r.Scores.Defect, r.Scores.Raw, math.Abs(r.Decision.Score-r.Limits.Fail)
		data.SetName(r.Name())
		if r.Verdict != inspect.Pass || r.Reason == inspect.ReasonAccepted {
			data.Places = slices.Clone(r.Scores.Places)
		}
		data.ReviewShare = r.Scores.ReviewShare
		data.Classes = make(map[string]float64, len(r.Scores.Classes))
		for _, c := range r.Scores.Classes {
			data.Classes[c.Name] = c.Probability
		}
		if r.Verdict != inspect.Pass {
			data.Prompts = s.prompts(bank.Bank, r)
		}
	}
	if f := r.Frame; f != nil {
		data.Frame = &events.Frame{
			Sequence: f.Seq, Captured: f.Captured.UTC(), AgeMS: meter.Milliseconds(r.Finished.Sub(f.Captured)),
			Width: f.Width, Height: f.Height, Dropped: f.Dropped.Total(), Name: f.Name,
		}
		if data.Frame.Dropped > 0 {
			data.Frame.DroppedBy = f.Dropped.ByCause()
		}
	}
	return data
}

// store is the queue's work: it stores a result's pictures and its event.
func (k *camera) store(ctx context.Context, p *pending) error {
	s, r, start := &sink{camera: k}, &p.result, time.Now()
	k.metrics.Observe(metrics.Queue, start.Sub(p.queued))
	p.trace.Stage("queue", p.queued, start)
	if p.picture {
		p.data.Frame.SHA256 = fmt.Sprintf("%x", sha256.Sum256(p.frame.Pix))
	}
	if p.picture && r.Verdict != inspect.Pass {
		if p.jpeg == nil {
			p.jpeg = s.jpeg(r)
		}
		if p.jpeg != nil {
			k.agent.board.addPicture(p.flagged, p.jpeg)
			p.data.Evidence = s.evidence(ctx, r, p.jpeg)
			if heat := s.heatmap(r); heat != nil {
				k.agent.board.addPicture(p.flagged+heatSuffix, heat)
				p.data.Heatmap = s.evidence(ctx, r, heat)
			}
		}
	}
	pictured := time.Now()
	k.metrics.Observe(metrics.Evidence, pictured.Sub(start))
	p.trace.Stage("evidence", start, pictured)
	event, err := k.agent.store.Append(ctx, events.TypeResult, p.data)
	appended := time.Now()
	k.metrics.Observe(metrics.Append, appended.Sub(pictured))
	k.recordWatched(event, r, err)
	if err != nil {
		k.logLost(p, err)
		return err
	}
	p.trace.Stage("append", pictured, appended, "pristine.event", event.ID)
	s.remember(event, p)
	k.agent.terminal.Result(r, k.truthOf(r.Part))
	return nil
}

// pageJPEG returns the deciding frame's picture while somebody looks at the page,
// which shows it together with its verdict, no larger than the history keeps it; else
// nil.
func (s *sink) pageJPEG(r *inspect.Result) []byte {
	if !s.camera.agent.board.wants() || r.Frame == nil || len(r.Frame.Pix) == 0 || len(r.Frame.Pix) != 3*r.Frame.Width*r.Frame.Height {
		return nil
	}
	if !tooLarge(r) {
		return s.jpeg(r)
	}
	f := r.Frame
	jpeg, err := opencv.Thumbnail(f.Pix, f.Width, f.Height, image.Rect(0, 0, f.Width, f.Height), historySide, historyQuality)
	if err != nil {
		s.camera.agent.log.Error("a result has no picture on the page", "camera", r.Camera, "part", r.Part, "err", err)
	}
	return jpeg
}

// tooLarge reports whether the page shows a frame smaller than it is: one of some
// megapixels is several times the bytes of all else on the page, twice a second.
func tooLarge(r *inspect.Result) bool { return max(r.Frame.Width, r.Frame.Height) > historySide }

// lostEvery is how often lost events are logged at most.
const lostEvery = 10 * time.Second

// logLost logs that an event was lost: the first at once, then a count.
func (k *camera) logLost(p *pending, err error) {
	k.lostSince++
	if now := time.Now(); now.Sub(k.lostLogged) >= lostEvery {
		k.agent.log.Error("events lost", "camera", p.data.Camera, "part", p.data.Part, "verdict", p.data.Verdict, "events", k.lostSince, "err", err)
		k.lostLogged, k.lostSince = now, 0
	}
}

// prompts returns those that speak most for and against the picture. An event
// without them is still sent.
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

// jpeg returns the deciding frame's picture. An event without it is still sent.
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

// heatmap returns the picture with the map of its scores over it, where there is
// one, and the scale below it.
func (s *sink) heatmap(r *inspect.Result) (jpeg []byte) {
	bank, ok := r.Scorer.(*liveBank)
	if r.Scores == nil || !ok {
		return nil
	}
	levels := bank.Heat(r.Scores, nil)
	if len(levels) == 0 {
		return nil
	}
	s.camera.agent.canvases.with(func(c *heatmap.Canvas) { jpeg = s.drawHeatmap(c, r, levels) })
	return jpeg
}

func (s *sink) drawHeatmap(c *heatmap.Canvas, r *inspect.Result, levels []float32) []byte {
	f := r.Frame
	drawn := c.Over(f.Pix, f.Width, f.Height, s.camera.view().Pixels(f.Width, f.Height), levels, r.Scores.MapGrid)
	if drawn == nil {
		return nil
	}
	polygon.Draw(s.camera.config.Polygon, f.Width, f.Height).Restore(drawn, f.Pix)
	drawn, height := c.WithLegend(drawn, f.Width, f.Height)
	jpeg, err := opencv.EncodeJPEG(drawn, f.Width, height, s.camera.agent.config.Events.JPEGQuality)
	if err != nil {
		s.camera.agent.log.Error("a result has no heat map", "camera", r.Camera, "part", r.Part, "err", err)
		return nil
	}
	return jpeg
}
