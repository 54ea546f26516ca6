package agent

import (
	"time"

	"pristine/capture"
	"pristine/events"
	"pristine/inspect"
	"pristine/prompts"
	"pristine/telemetry/tracing"
)

// pending is a result that waits for its evidence and event. It has its own memory,
// since a station's result is valid only during the call.
type pending struct {
	data      events.Result
	result    inspect.Result
	frame     capture.Frame
	scores    prompts.Scores
	embedding []float32
	detailed  bool   // the history keeps its event and picture
	picture   bool   // the frame has its pixels
	flagged   string // id of the result on the page; "" if it is not listed
	jpeg      []byte // of the frame, if the page already needed it
	queued    time.Time
	trace     *tracing.Trace // nil if the part is not traced
}

// hold copies a result. It copies the pixels if they are kept and the queue has room.
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

// pictureBytes returns the size of the picture, as the queue counts it.
func (p *pending) pictureBytes() int {
	if !p.picture {
		return 0
	}
	return len(p.frame.Pix)
}

// clear drops the picture and references to other memory, and keeps its own memory.
func (p *pending) clear() {
	p.frame, p.data, p.result, p.picture, p.jpeg, p.trace = capture.Frame{}, events.Result{}, inspect.Result{}, false, nil, nil
}
