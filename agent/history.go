package agent

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"image"
	"math"

	"pristine/capture/opencv"
	"pristine/events"
	"pristine/history"
	"pristine/inspect"
	"pristine/search"
)

// Pictures of the history: a thumbnail of the region, some 5 KB, and the frame for
// the page, some 60 KB.
const (
	historyQuality = 80
	historySide    = 960
)

// openHistory opens the history, if there is one. A history that cannot be opened does
// not stop the line.
func (a *Agent) openHistory(ctx context.Context) (stop func() error, err error) {
	c := &a.config.History
	if c.MaxBytes == 0 {
		return nil, nil
	}
	failing := false // of the one goroutine that writes
	h, err := history.Open(ctx, history.Options{
		Dir: a.config.HistoryDir(), MaxAge: c.MaxAge, MaxBytes: c.MaxBytes, Room: a.store.HasRoom,
		OnError: func(err error) {
			if !failing {
				a.log.Error("results are missing in the history: the count is in the heartbeat", "err", err)
			}
			failing = true
		},
	})
	if err != nil {
		a.log.Error("opening the history failed", "err", err)
		a.problems = append(a.problems, err.Error())
	}
	if h == nil {
		return nil, nil
	}
	a.history.Store(h)
	a.auditConfiguration(ctx, h)
	return h.Close, nil
}

// shrinkHistory frees space on a full disk, before events are removed.
func (a *Agent) shrinkHistory(ctx context.Context) error {
	if h := a.history.Load(); h != nil {
		return h.Shrink(ctx)
	}
	return nil
}

// forgotten returns the number of results that are missing in the history.
func (a *Agent) forgotten() uint64 {
	if h := a.history.Load(); h != nil {
		return h.Forgotten()
	}
	return 0
}

// remember adds a result to the history, if there is one.
func (s *sink) remember(event *events.Event, p *pending) {
	k, r := s.camera, &p.result
	h := k.agent.history.Load()
	if h == nil {
		return
	}
	d := &p.data
	record := &history.Record{Result: history.Result{
		Event: event.ID, Time: event.Time, Camera: r.Camera, Part: r.Part, Verdict: string(r.Verdict), Reason: string(r.Reason), Detail: r.Detail, Shadow: r.Shadow,
		Review: r.Limits.Review, Fail: r.Limits.Fail, Likeliest: d.Likeliest, LikelyShare: d.LikelyShare, LikelyBy: d.LikelyBy, Severity: d.Severity, Agreed: d.Agreed, Of: d.Of, Set: d.PromptSet, Bundle: d.Bundle,
	}}
	if d.Set != nil {
		record.SetSHA256 = d.Set.SHA256
	}
	if r.Scores != nil && r.Frame != nil {
		defect := r.Decision.Score
		record.Defect = &defect
		code := search.Encode(r.Embedding)
		record.Scale, record.Vector = code.Scale, code.Bytes
	}
	if p.detailed {
		if data, err := json.Marshal(d); err == nil {
			record.Data = data
		}
		if p.picture {
			s.addPictures(record, r)
		}
	}
	h.Add(record)
}

// detailed reports whether the history keeps more of a result than its numbers, such as
// its picture. It does for each result that did not pass, and for one in every
// pass_every PASS results.
func (k *camera) detailed(r *inspect.Result) bool {
	switch every := k.agent.config.History.PassEvery; {
	case r.Reason == inspect.ReasonLearning:
		return false
	case r.Verdict != inspect.Pass:
		return true
	case every == 0 || k.agent.history.Load() == nil:
		return false
	default:
		return k.passes.Add(1)%uint64(every) == 0
	}
}

func (s *sink) addPictures(record *history.Record, r *inspect.Result) {
	f, region := r.Frame, s.camera.view().Pixels(r.Frame.Width, r.Frame.Height)
	var err error
	if record.Thumb, err = opencv.Thumbnail(f.Pix, f.Width, f.Height, region, search.SheetCell, historyQuality); err == nil {
		whole := image.Rect(0, 0, f.Width, f.Height)
		record.Picture, err = opencv.Thumbnail(f.Pix, f.Width, f.Height, whole, min(historySide, max(f.Width, f.Height)), historyQuality)
	}
	if err != nil {
		s.camera.agent.log.Error("a result has no picture in the history", "camera", r.Camera, "part", r.Part, "err", err)
	}
	if r.Scores != nil {
		record.Map = mapOf(r, region)
	}
}

// pageMap returns the map of the scores while somebody is watching the page, otherwise
// nil.
func (s *sink) pageMap(r *inspect.Result) []byte {
	if r.Scores == nil || r.Frame == nil || !s.camera.agent.board.wants() {
		return nil
	}
	return mapOf(r, s.camera.view().Pixels(r.Frame.Width, r.Frame.Height))
}

// mapOf returns a result's map in levels of the absolute scale, or nil if it has none.
func mapOf(r *inspect.Result, region image.Rectangle) []byte {
	bank, ok := r.Scorer.(*liveBank)
	if !ok {
		return nil
	}
	return mapBytes(bank.Heat(r.Scores, nil), r.Scores.MapGrid, region, r.Frame.Width, r.Frame.Height)
}

// mapBytes encodes a map for history and page, in little endian: rows, columns, then
// left, top, right and bottom of the region in 65535ths of the frame, as 16 bit; then
// the levels row by row, one byte each, where 0 is usual and 255 is FAIL.
func mapBytes(levels []float32, grid [2]int, region image.Rectangle, width, height int) []byte {
	if len(levels) == 0 || len(levels) != grid[0]*grid[1] || grid[0] > math.MaxUint16 || grid[1] > math.MaxUint16 {
		return nil
	}
	data := binary.LittleEndian.AppendUint16(nil, uint16(grid[0]))
	data = binary.LittleEndian.AppendUint16(data, uint16(grid[1]))
	for i, v := range []int{region.Min.X, region.Min.Y, region.Max.X, region.Max.Y} {
		data = binary.LittleEndian.AppendUint16(data, uint16(v*math.MaxUint16/max([]int{width, height}[i%2], 1)))
	}
	for _, l := range levels {
		data = append(data, byte(math.MaxUint8*min(max(l, 0), 1)+0.5))
	}
	return data
}
