package history

import (
	"context"
	"time"
)

// Count is the number of equal results in a period.
type Count struct {
	Camera    string `json:"camera"`
	Verdict   string `json:"verdict"`
	Reason    string `json:"reason,omitempty"`
	Likeliest string `json:"likeliest,omitempty"` // of FAIL and REVIEW
	Severity  string `json:"severity,omitempty"`
	N         int    `json:"n"`
}

// Counts returns the numbers of results of a period, to the minute, by verdict and other
// properties.
func (r *Reader) Counts(ctx context.Context, p Period) ([]Count, error) {
	rows, err := r.db.QueryContext(ctx, `SELECT camera, verdict, reason, likeliest, severity, sum(n) FROM minutes
		WHERE minute >= ? AND minute < ? AND (? = '' OR camera = ?) GROUP BY camera, verdict, reason, likeliest, severity ORDER BY sum(n) DESC, camera, verdict, reason, likeliest`,
		minuteOf(p.From), minuteOf(p.To.Add(time.Minute-1)), p.Camera, p.Camera)
	return collect(rows, err, "count results", func(scan func(...any) error, c *Count) error {
		return scan(&c.Camera, &c.Verdict, &c.Reason, &c.Likeliest, &c.Severity, &c.N)
	})
}

// Step is one interval of a period.
type Step struct {
	Start   time.Time `json:"start"`
	Judged  int       `json:"judged"` // results with PASS, REVIEW or FAIL
	Fails   int       `json:"fails"`
	Reviews int       `json:"reviews"`
	Invalid int       `json:"invalid"`
	Scored  int       `json:"scored"`
	Margin  float64   `json:"margin"` // mean of fail threshold − P(defect) of the scored
}

// Steps divides a period into intervals, to the minute, in order. Intervals without a
// result are omitted.
func (r *Reader) Steps(ctx context.Context, p Period, length time.Duration) ([]Step, error) {
	minutes := max(int64(length/time.Minute), 1)
	rows, err := r.db.QueryContext(ctx, `SELECT minute / ? * ?, sum(iif(verdict <> 'INVALID', n, 0)), sum(iif(verdict = 'FAIL', n, 0)), sum(iif(verdict = 'REVIEW', n, 0)), sum(iif(verdict = 'INVALID', n, 0)), sum(scored), sum(margin)
		FROM minutes WHERE minute >= ? AND minute < ? AND (? = '' OR camera = ?) AND reason <> 'learning' GROUP BY 1 ORDER BY 1`,
		minutes, minutes, minuteOf(p.From), minuteOf(p.To.Add(time.Minute-1)), p.Camera, p.Camera)
	return collect(rows, err, "count results", func(scan func(...any) error, s *Step) error {
		var minute int64
		err := scan(&minute, &s.Judged, &s.Fails, &s.Reviews, &s.Invalid, &s.Scored, &s.Margin)
		if s.Start = time.Unix(60*minute, 0).UTC(); s.Scored > 0 {
			s.Margin /= float64(s.Scored)
		}
		return err
	})
}

// MostWaiting is the largest number of results that Waiting counts.
const MostWaiting = 10_000

// Waiting returns the numbers by verdict of the newest MostWaiting results that wait for
// a decision.
func (r *Reader) Waiting(ctx context.Context) (map[string]int, error) {
	rows, err := r.db.QueryContext(ctx, "SELECT verdict, count(*) FROM (SELECT verdict FROM results WHERE queue = 1 ORDER BY at DESC LIMIT ?) GROUP BY verdict", MostWaiting)
	counts, err := collect(rows, err, "count what waits", func(scan func(...any) error, c *Count) error { return scan(&c.Verdict, &c.N) })
	if err != nil {
		return nil, err
	}
	by := map[string]int{}
	for _, c := range counts {
		by[c.Verdict] = c.N
	}
	return by, nil
}
