package agent

import (
	"pristine/capture/opencv"
	"pristine/events"
	"pristine/events/history"
	"pristine/inspect"
	"pristine/search"
)

// thumbQuality of a thumbnail's JPEG: some 5 KB each.
const thumbQuality = 80

// remember stores the deciding frame's embedding and thumbnail, where a history is
// kept.
func (s *sink) remember(event *events.Event, r *inspect.Result) {
	k := s.camera
	if !k.agent.store.Remembers() || r.Scores == nil || r.Frame == nil {
		return
	}
	f := r.Frame
	thumb, err := opencv.Thumbnail(f.Pix, f.Width, f.Height, k.view().Pixels(f.Width, f.Height), search.SheetCell, thumbQuality)
	if err != nil {
		k.agent.log.Error("a result has no thumbnail", "camera", r.Camera, "part", r.Part, "err", err)
	}
	code := search.Encode(r.Embedding)
	k.agent.store.Remember(&history.Seen{
		Event: event.ID, Camera: r.Camera, Part: r.Part, Verdict: string(r.Verdict), Defect: r.Scores.Defect, Time: event.Time,
		Bundle: k.agent.model.Bundle.Hash, Scale: code.Scale, Vector: code.Bytes, Thumb: thumb,
	})
}
