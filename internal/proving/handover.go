package proving

import (
	"context"
	"errors"
	"fmt"
	"time"

	"pristine/infer"
	"pristine/infer/bundle"
)

// HandOver is how the CPU served while the engine was built, and gave way.
type HandOver struct {
	ByCPU   int     `json:"pictures_by_cpu"`
	ByAfter int     `json:"pictures_by_provider"`
	Seconds float64 `json:"seconds_until_provider,omitempty"`
	Longest float64 `json:"longest_gap_ms"` // between two answers, over the whole time
	Worst   float64 `json:"cosine_worst"`   // of any answer to the CPU's first
	State   string  `json:"state"`
	Reason  string  `json:"reason,omitempty"`
}

// afterwards is how many pictures the provider encodes once it serves.
const afterwards = 20

// errHandOver is returned within an error where the CPU goes on to serve.
var errHandOver = errors.New("the provider did not take over")

// measureHandOver encodes one picture after the other while an engine is built.
func measureHandOver(ctx context.Context, library *infer.Library, b *bundle.Bundle, o infer.Options) (*HandOver, error) {
	service, err := infer.NewService(library, b, o, nil)
	if err != nil {
		return nil, err
	}
	defer service.Close()
	picture, first := drawn(b.Manifest.Image.Size, 1), []infer.Output{{}}
	if _, err := service.Encode(ctx, picture, first); err != nil {
		return nil, err
	}
	h, out := &HandOver{Worst: 1}, []infer.Output{{}}
	start := time.Now()
	for last := start; h.ByAfter < afterwards; {
		state, reason := service.State()
		h.State, h.Reason = string(state), reason
		if state == infer.Degraded {
			return h, fmt.Errorf("%w: %s", errHandOver, reason)
		}
		if _, err := service.Encode(ctx, picture, out); err != nil {
			return h, err
		}
		now := time.Now()
		h.Longest = max(h.Longest, float64(now.Sub(last))/float64(time.Millisecond))
		last = now
		if c := infer.Cosine(out[0].Embedding, first[0].Embedding); !(c >= h.Worst) {
			h.Worst = c
		}
		if state != infer.Ready {
			h.ByCPU++
			continue
		}
		if h.ByAfter == 0 {
			h.Seconds = now.Sub(start).Seconds()
		}
		h.ByAfter++
	}
	if !(h.Worst >= leastWorst) {
		return h, fmt.Errorf("%w: an answer while it served had a cosine of %.5f, wanted %v", ErrParity, h.Worst, leastWorst)
	}
	return h, nil
}
