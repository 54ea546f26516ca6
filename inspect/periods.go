package inspect

import (
	"context"
	"maps"
	"sync"
	"time"
)

// settleAfter is the time without further INVALID (or REVIEW) results after which a
// period ends. A signal that flickers around its limit is one period.
const settleAfter = 2 * time.Second

// Period is a run of results with one verdict, from a camera without parts.
type Period struct {
	Verdict Verdict
	Began   time.Time
	Lasted  time.Duration
	Ended   bool
	Results map[Reason]uint64 // since it began
}

// Periods protects subscribers from a flood of results of a camera without parts. In a
// run of INVALID or REVIEW results it passes on the first one, and the first one of
// each further reason without its picture. It reports their number periodically and at
// the end of the run. PASS, FAIL and all results of parts pass unchanged.
//
// It is safe for concurrent use.
type Periods struct {
	next   Sink
	shown  func(*Result) // called with a result that is not passed on
	report func(Period)
	every  time.Duration

	mu   sync.Mutex
	open map[Verdict]*period
}

type period struct {
	Period
	last, reported time.Time
	counted        uint64 // results since the last report
}

// NewPeriods returns a sink before next that reports each period at the given interval.
// shown gets the results that are not passed on.
func NewPeriods(next Sink, every time.Duration, shown func(*Result), report func(Period)) *Periods {
	return &Periods{next: next, shown: shown, report: report, every: every, open: map[Verdict]*period{}}
}

// Publish implements Sink.
func (p *Periods) Publish(ctx context.Context, r *Result) error {
	if r.Part != "" {
		return p.next.Publish(ctx, r)
	}
	reports, pass := p.note(r)
	for _, period := range reports {
		p.report(period)
	}
	if !pass {
		p.shown(r)
		return nil
	}
	return p.next.Publish(ctx, r)
}

// note counts a result. It returns the periods to report, and whether to pass the result
// on.
func (p *Periods) note(r *Result) (reports []Period, pass bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := r.Finished
	for verdict, open := range p.open {
		if verdict != r.Verdict && now.Sub(open.last) >= settleAfter {
			reports = append(reports, open.end())
			delete(p.open, verdict)
		}
	}
	if r.Verdict != Invalid && r.Verdict != Review {
		return reports, true
	}
	open := p.open[r.Verdict]
	if open != nil && now.Sub(open.last) >= settleAfter {
		reports = append(reports, open.end())
		open = nil
	}
	if open == nil {
		open = &period{Period: Period{Verdict: r.Verdict, Began: now, Results: map[Reason]uint64{r.Reason: 1}}, last: now, reported: now}
		p.open[r.Verdict] = open
		return reports, true
	}
	open.last = now
	open.counted++
	open.Results[r.Reason]++
	if now.Sub(open.reported) >= p.every {
		reports = append(reports, open.state())
		open.reported, open.counted = now, 0
	}
	r.NoPicture = true
	return reports, open.Results[r.Reason] == 1
}

// End reports the open periods at the end of the camera.
func (p *Periods) End() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for verdict, open := range p.open {
		p.report(open.end())
		delete(p.open, verdict)
	}
}

func (o *period) state() Period {
	s := o.Period
	s.Lasted, s.Results = o.last.Sub(o.Began), maps.Clone(o.Results)
	return s
}

func (o *period) end() Period {
	s := o.state()
	s.Ended = true
	return s
}
