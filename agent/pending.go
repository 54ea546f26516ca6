package agent

import (
	"time"

	"pristine/capture"
	"pristine/events"
	"pristine/inspect"
	"pristine/prompts"
	"pristine/telemetry/tracing"
)

// pending is a result that waits for its evidence and its event, with memory of
// its own: what a station hands over is valid during the call only.
type pending struct {
	data      events.Result
	result    inspect.Result
	frame     capture.Frame
	scores    prompts.Scores
	embedding []float32
	detailed  bool   // the history keeps its event and picture
	picture   bool   // the frame has its pixels
	flagged   string // id of the result on the page; "" where it is not listed
	jpeg      []byte // of the frame, where the page needed it at once
	queued    time.Time
	trace     *tracing.Trace // nil where the part is not traced
}

// hold copies a result. Its pixels are copied where they are kept and the queue has
// room for them.
func (p *pending) hold(r *inspect.Result, q *queue, kept bool) {
	p.result = *r
	if r.Frame != nil {
		p.frame = *r.Frame
		p.frame.Pix = nil
		whole := len(r.Frame.Pix) > 0 && len(r.Frame.Pix) == 3*r.Frame.Width*r.Frame.Height
		if p.picture = kept && whole && q.admit(len(r.Frame.Pix)); p.picture {
			p.frame.Pix = append(q.buffers.take(len(r.Frame.Pix)), r.Frame.Pix...)
		}
		p.result.Frame = &p.frame
	}
	if r.Scores != nil {
		r.Scores.CopyTo(&p.scores)
		p.result.Scores = &p.scores
	}
	if r.Embedding != nil {
		p.embedding = append(p.embedding[:0], r.Embedding...)
		p.result.Embedding = p.embedding
	}
}

// pictureBytes is what the pixels count in the queue.
func (p *pending) pictureBytes() int {
	if !p.picture {
		return 0
	}
	return len(p.frame.Pix)
}

// clear drops the picture and what others own, and keeps the rest of the memory.
func (p *pending) clear() {
	p.frame, p.data, p.result, p.picture, p.jpeg, p.trace = capture.Frame{}, events.Result{}, inspect.Result{}, false, nil, nil
}
