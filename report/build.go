package report

import (
	"context"
	"fmt"
	"time"

	"pristine/evaluate"
	"pristine/history"
	"pristine/verdict"
)

// Limits of a report.
const (
	MostRejects  = 2000
	MostPictures = 120
	mostChanges  = 500
)

// Options say what a report is about.
type Options struct {
	history.Period
	Station string
	Version string
	Now     time.Time
}

// Report is everything about a period.
type Report struct {
	Station  string           `json:"station"`
	Version  string           `json:"version,omitempty"`
	Camera   string           `json:"camera,omitempty"` // "": all
	From     time.Time        `json:"from"`
	To       time.Time        `json:"to"`
	Made     time.Time        `json:"made"`
	Verdicts map[string]int   `json:"verdicts"`
	Learning int              `json:"learning,omitempty"` // parts that were learned from, in no count
	Rate     Share            `json:"reject_rate"`        // FAIL of PASS, REVIEW and FAIL
	Cameras  []CameraCounts   `json:"cameras"`
	Defects  []Bar            `json:"defects"` // of FAIL and REVIEW, the worst severity and the most first
	Invalid  []Bar            `json:"invalid"` // by reason
	Charts   Charts           `json:"charts"`
	Reviewed Reviewed         `json:"reviewed"`
	Rejects  []history.Result `json:"rejects"` // FAIL and REVIEW, newest first
	Sets     []Set            `json:"sets"`    // that judged the rejects
	Changes  []history.Change `json:"changes"`
	Trail    Trail            `json:"audit"`

	thumbs map[int64][]byte
}

// Share is a share with its 95 % interval.
type Share struct {
	N    int     `json:"n"` // of so many
	K    int     `json:"k"`
	P    float64 `json:"share"`
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// NewShare returns k of n.
func NewShare(k, n int) Share {
	s := Share{N: n, K: k}
	if n > 0 {
		s.P = float64(k) / float64(n)
	}
	s.Low, s.High = evaluate.ClopperPearson(k, n)
	return s
}

func (s Share) String() string {
	if s.N == 0 {
		return "none yet"
	}
	return fmt.Sprintf("%.1f %% (%d of %d; %.1f to %.1f %%)", 100*s.P, s.K, s.N, 100*s.Low, 100*s.High)
}

// CameraCounts are the verdicts of one camera.
type CameraCounts struct {
	Camera   string         `json:"camera"`
	Verdicts map[string]int `json:"verdicts"`
}

// Reviewed is what people said of parts.
type Reviewed struct {
	FalseCalls Share `json:"false_calls"` // good parts among the reviewed FAIL
	Doubtful   Share `json:"review_good"` // good parts among the reviewed REVIEW
	Escapes    Share `json:"escapes"`     // bad parts among the reviewed sample of PASS
}

// Set is a prompt set that judged.
type Set struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
	Bundle string `json:"bundle"`
}

// Trail is the state of the audit trail.
type Trail struct {
	Entries int64  `json:"entries"`
	Head    string `json:"head"`
	Wrong   string `json:"wrong,omitempty"`
}

// Build makes the report of a period.
func Build(ctx context.Context, h *history.Reader, o Options) (*Report, error) {
	r := &Report{Station: o.Station, Version: o.Version, Camera: o.Camera, From: o.From, To: o.To, Made: o.Now, thumbs: map[int64][]byte{}}
	if !o.From.Before(o.To) {
		return nil, fmt.Errorf("build report: it ends (%s) before it begins (%s)", o.To.Format(time.RFC3339), o.From.Format(time.RFC3339))
	}
	counts, err := h.Counts(ctx, o.Period)
	if err != nil {
		return nil, err
	}
	r.count(counts)
	steps, err := h.Steps(ctx, o.Period, StepOf(o.To.Sub(o.From)))
	if err != nil {
		return nil, err
	}
	r.Charts = NewCharts(steps)
	if err := r.review(ctx, h, o.Period); err != nil {
		return nil, err
	}
	if r.Rejects, err = h.Parts(ctx, history.Filter{Period: o.Period, Verdicts: []string{"FAIL", "REVIEW"}}, MostRejects); err != nil {
		return nil, err
	}
	seen := map[Set]bool{}
	for i, p := range r.Rejects {
		if s := (Set{p.Set, p.SetSHA256, p.Bundle}); !seen[s] {
			seen[s] = true
			r.Sets = append(r.Sets, s)
		}
		if i < MostPictures && p.Pictured {
			if r.thumbs[p.ID], err = h.Thumb(ctx, p.ID); err != nil {
				return nil, err
			}
		}
	}
	if r.Changes, err = h.Changes(ctx, o.Period, mostChanges); err != nil {
		return nil, err
	}
	var wrong error
	if r.Trail.Entries, r.Trail.Head, wrong = h.Verify(ctx); wrong != nil {
		r.Trail.Wrong = wrong.Error()
	}
	return r, nil
}

func (r *Report) count(counts []history.Count) {
	r.Verdicts = map[string]int{"PASS": 0, "REVIEW": 0, "FAIL": 0, "INVALID": 0}
	cameras, at := []CameraCounts{}, map[string]int{}
	defects, invalid := map[Bar]int{}, map[Bar]int{}
	for _, c := range counts {
		if c.Reason == "learning" {
			r.Learning += c.N
			continue
		}
		i, ok := at[c.Camera]
		if !ok {
			i = len(cameras)
			at[c.Camera] = i
			cameras = append(cameras, CameraCounts{c.Camera, map[string]int{"PASS": 0, "REVIEW": 0, "FAIL": 0, "INVALID": 0}})
		}
		cameras[i].Verdicts[c.Verdict] += c.N
		r.Verdicts[c.Verdict] += c.N
		switch c.Verdict {
		case "FAIL", "REVIEW":
			name := c.Likeliest
			if name == "" {
				name = c.Reason
			}
			if name == "" {
				name = verdict.Name{}.Text()
			}
			defects[Bar{Name: name, Severity: c.Severity}] += c.N
		case "INVALID":
			invalid[Bar{Name: c.Reason}] += c.N
		}
	}
	r.Cameras, r.Defects, r.Invalid = cameras, bars(defects), bars(invalid)
	r.Rate = NewShare(r.Verdicts["FAIL"], r.Verdicts["PASS"]+r.Verdicts["REVIEW"]+r.Verdicts["FAIL"])
}

// Review counts what people said of the parts of a period.
func Review(ctx context.Context, h *history.Reader, p history.Period) (Reviewed, error) {
	all, err := h.Reviewed(ctx, p)
	if err != nil {
		return Reviewed{}, err
	}
	var r Reviewed
	for _, v := range all {
		r.add(v)
	}
	return r, nil
}

func (r *Reviewed) add(v history.Reviewed) {
	switch n := v.Good + v.Bad; v.Verdict {
	case "FAIL":
		r.FalseCalls = NewShare(v.Good, n)
	case "REVIEW":
		r.Doubtful = NewShare(v.Good, n)
	case "PASS":
		r.Escapes = NewShare(v.Bad, n)
	}
}

// ReviewedSet is what people said of the parts of one camera that one set judged.
type ReviewedSet struct {
	Camera    string `json:"camera"`
	Set       string `json:"prompt_set"`
	SetSHA256 string `json:"prompt_set_sha256"`
	Reviewed
}

// ReviewSets is Review for each camera and set by itself.
func ReviewSets(ctx context.Context, h *history.Reader, p history.Period) ([]ReviewedSet, error) {
	rows, err := h.ReviewedSets(ctx, p)
	if err != nil {
		return nil, err
	}
	var all []ReviewedSet
	at := map[[3]string]int{}
	for _, row := range rows {
		key := [3]string{row.Camera, row.Set, row.SetSHA256}
		i, ok := at[key]
		if !ok {
			i = len(all)
			at[key] = i
			all = append(all, ReviewedSet{Camera: row.Camera, Set: row.Set, SetSHA256: row.SetSHA256})
		}
		all[i].add(row.Reviewed)
	}
	return all, nil
}

func (r *Report) review(ctx context.Context, h *history.Reader, p history.Period) (err error) {
	r.Reviewed, err = Review(ctx, h, p)
	return err
}

// Order are the verdicts with their counts, as the page lists them.
func (r *Report) Order() []Bar {
	var all []Bar
	for _, v := range []string{"PASS", "REVIEW", "FAIL", "INVALID"} {
		all = append(all, Bar{Name: v, N: r.Verdicts[v]})
	}
	return all
}
