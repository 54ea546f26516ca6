package page

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"pristine/history"
	"pristine/report"
	"pristine/web"
)

// stripLength is how many rejects Live shows.
const stripLength = 16

// Limits of a stream.
const (
	streamEvery = 500 * time.Millisecond
	shiftEvery  = 2 * time.Second
	mostStreams = 32 // at once: each asks for the state twice a second
)

// state is what the stream sends.
type state struct {
	web.Status
	Words map[string]string `json:"words"` // by camera: its last result
	Shift shiftState        `json:"shift"`
}

// shiftState is what the history says of the last hours.
type shiftState struct {
	Since   *time.Time                `json:"since,omitempty"` // nil without a calendar: the last eight hours
	Counts  map[string]map[string]int `json:"counts"`          // by camera and verdict
	Strip   []stripPart               `json:"strip"`
	Waiting int                       `json:"waiting"` // for a review
	Most    bool                      `json:"most"`    // Waiting is where counting stops
	Problem string                    `json:"problem,omitempty"`
}

type stripPart struct {
	Event     string    `json:"event"`
	Time      time.Time `json:"time"`
	Camera    string    `json:"camera"`
	Part      string    `json:"part"`
	Verdict   string    `json:"verdict"`
	Likeliest string    `json:"likeliest"` // in words
	Shadow    bool      `json:"shadow"`
	Pictured  bool      `json:"pictured"`
	Words     string    `json:"words"`
}

func (p *Page) live(w http.ResponseWriter, r *http.Request) {
	p.options.Watched()
	p.show(w, r, http.StatusOK, "live", "base", "Live", nil)
}

// shiftNow is the same for all who look, for a moment.
func (p *Page) shiftNow(ctx context.Context) shiftState {
	p.mu.Lock()
	defer p.mu.Unlock()
	if now := p.options.Now(); now.Sub(p.cachedAt) >= shiftEvery || now.Before(p.cachedAt) {
		p.cached, p.cachedAt = p.readShift(ctx, now), now
	}
	return p.cached
}

func (p *Page) readShift(ctx context.Context, now time.Time) shiftState {
	from, _ := p.options.Shifts.Of(now)
	s := shiftState{Counts: map[string]map[string]int{}, Strip: []stripPart{}}
	if len(p.options.Shifts) > 0 {
		s.Since = &from
	}
	h, err := p.kept()
	if err != nil {
		s.Problem = err.Error()
		return s
	}
	counts, err := h.Counts(ctx, history.Period{From: from, To: now.Add(time.Minute)})
	for _, c := range counts {
		if c.Reason == "learning" {
			continue
		}
		if s.Counts[c.Camera] == nil {
			s.Counts[c.Camera] = map[string]int{}
		}
		s.Counts[c.Camera][c.Verdict] += c.N
	}
	var parts []history.Result
	if err == nil {
		parts, err = h.Parts(ctx, history.Filter{Verdicts: []string{"FAIL", "REVIEW", "INVALID"}}, 4*stripLength)
	}
	for _, r := range parts {
		if r.Reason != "learning" && len(s.Strip) < stripLength {
			s.Strip = append(s.Strip, stripPart{r.Event, r.Time, r.Camera, r.Part, r.Verdict, r.Suspected(), r.Shadow, r.Pictured, sentence(r)})
		}
	}
	if err == nil {
		var waiting map[string]int
		waiting, err = h.Waiting(ctx)
		for _, n := range waiting {
			s.Waiting += n
		}
		s.Most = s.Waiting >= history.MostWaiting
	}
	if err != nil {
		s.Problem = err.Error()
	}
	return s
}

func (p *Page) state(ctx context.Context) state {
	s := state{Status: p.options.Status(), Words: map[string]string{}, Shift: p.shiftNow(ctx)}
	for _, c := range s.Cameras {
		if f := c.Last; f != nil {
			s.Words[c.Name] = sentence(history.Result{Verdict: f.Verdict, Reason: f.Reason, Detail: f.Detail, Likeliest: f.Likeliest, LikelyShare: f.LikelyShare, LikelyBy: f.LikelyBy, Severity: f.Severity, Agreed: f.Agreed, Of: f.Of, Defect: f.Defect, Review: f.Review, Fail: f.Fail})
		}
	}
	return s
}

// stream sends the state twice a second, as server-sent events.
func (p *Page) stream(w http.ResponseWriter, r *http.Request) {
	select {
	case p.streams <- struct{}{}:
		defer func() { <-p.streams }()
	default:
		w.Header().Set("Retry-After", "5")
		http.Error(w, fmt.Sprintf("%d pages are open already: close one of them", mostStreams), http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	out := http.NewResponseController(w)
	ticker := time.NewTicker(streamEvery)
	defer ticker.Stop()
	for {
		p.options.Watched()
		text, err := json.Marshal(p.state(r.Context()))
		if err != nil {
			p.options.Log.Error("the state cannot be sent", "err", err)
			return
		}
		_ = out.SetWriteDeadline(time.Now().Add(10 * time.Second)) // a page that does not read is left
		if _, err := fmt.Fprintf(w, "retry: 1000\ndata: %s\n\n", text); err != nil {
			return
		}
		if out.Flush() != nil {
			return
		}
		select {
		case <-ticker.C:
		case <-r.Context().Done():
			return
		case <-p.stopping:
			return
		}
	}
}

// charts is the part of Live that shows the shift's course.
func (p *Page) charts(w http.ResponseWriter, r *http.Request) {
	h, err := p.kept()
	if err != nil {
		p.fail(w, r, err)
		return
	}
	now := p.options.Now()
	from, _ := p.options.Shifts.Of(now)
	period := history.Period{From: from, To: now.Add(time.Minute), Camera: r.URL.Query().Get("camera")}
	// A station that has just begun shows its minutes, not seven empty hours.
	first, err := h.Steps(r.Context(), period, time.Minute)
	if err == nil && len(first) > 0 {
		period.From = first[0].Start
	}
	var built *report.Report
	if err == nil {
		built, err = report.Build(r.Context(), h.Reader, report.Options{Period: period, Now: now})
	}
	if err != nil {
		p.fail(w, r, err)
		return
	}
	p.show(w, r, http.StatusOK, "live", "charts", "", built)
}
