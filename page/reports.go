package page

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"pristine/history"
	"pristine/report"
)

// mostPeriod is how long a report's period may be.
const mostPeriod = 100 * 24 * time.Hour

// period reads shift=this or last, lot=PATTERN, since=8h, or from and to, and camera.
func (p *Page) period(r *http.Request, h *history.History) (history.Period, error) {
	ask := report.Ask{Lot: strings.TrimSpace(r.FormValue("lot")), Shift: r.FormValue("shift"), Camera: r.FormValue("camera")}
	var none history.Period
	var err error
	if since := r.FormValue("since"); since != "" {
		if ask.Since, err = time.ParseDuration(since); err != nil || ask.Since <= 0 || ask.Since > mostPeriod {
			return none, fmt.Errorf("%w: since=%q must be a duration, such as 8h, of at most %d days", ErrRequest, since, int(mostPeriod.Hours()/24))
		}
	}
	if ask.From, err = moment(r.FormValue("from")); err != nil {
		return none, err
	}
	if ask.To, err = moment(r.FormValue("to")); err != nil {
		return none, err
	}
	period, err := ask.Period(r.Context(), h.Reader, p.options.Shifts, p.options.Now())
	if errors.Is(err, report.ErrPeriod) {
		return none, fmt.Errorf("%w: %w", ErrRequest, err)
	}
	if err == nil && period.To.Sub(period.From) > mostPeriod {
		return none, fmt.Errorf("%w: the period must last at most %d days", ErrRequest, int(mostPeriod.Hours()/24))
	}
	return period, err
}

func (p *Page) build(r *http.Request) (*report.Report, error) {
	h, err := p.kept()
	if err != nil {
		return nil, err
	}
	period, err := p.period(r, h)
	if err != nil {
		return nil, err
	}
	return report.Build(r.Context(), h.Reader, report.Options{Period: period, Station: p.options.Status().Station, Version: p.options.Version, Now: p.options.Now()})
}

type reportsView struct {
	Report  *report.Report
	Cameras []string
	Lot     string
	Query   string // of the files
}

func (p *Page) reports(w http.ResponseWriter, r *http.Request) {
	built, err := p.build(r)
	if err != nil {
		p.fail(w, r, err)
		return
	}
	v := reportsView{Report: built, Lot: r.FormValue("lot")}
	for _, c := range p.options.Status().Cameras {
		v.Cameras = append(v.Cameras, c.Name)
	}
	q := r.URL.Query()
	q.Set("from", built.From.Format(time.RFC3339))
	q.Set("to", built.To.Format(time.RFC3339))
	for _, name := range []string{"since", "shift", "lot"} {
		q.Del(name)
	}
	v.Query = q.Encode()
	p.show(w, r, http.StatusOK, "reports", "base", "Reports", v)
}

// reportFile serves report.html, report.csv and report.json.
func (p *Page) reportFile(w http.ResponseWriter, r *http.Request) {
	kinds := map[string]struct {
		kind  string
		write func(*report.Report, io.Writer) error
	}{
		"report.html": {"text/html; charset=utf-8", (*report.Report).HTML}, "report.csv": {"text/csv; charset=utf-8", (*report.Report).CSV}, "report.json": {"application/json", (*report.Report).JSON},
	}
	kind, ok := kinds[r.PathValue("file")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	built, err := p.build(r)
	var out bytes.Buffer
	if err == nil {
		err = kind.write(built, &out)
	}
	if err != nil {
		p.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", kind.kind)
	w.Header().Set("Content-Security-Policy", "default-src 'none'; img-src data:; style-src "+report.StylePolicy()+"; frame-ancestors 'none'; base-uri 'none'; form-action 'none'")
	if r.PathValue("file") != "report.html" {
		w.Header().Set("Content-Disposition", "attachment; filename="+r.PathValue("file"))
	}
	_, _ = out.WriteTo(w)
}

// auditView is the newest changes, and whether the trail is whole.
type auditView struct {
	Changes []history.Change
	Entries int64
	Head    string
	Wrong   string
}

const auditRows = 500

func (p *Page) audit(w http.ResponseWriter, r *http.Request) {
	h, err := p.kept()
	var v auditView
	if err == nil {
		v.Changes, err = h.Changes(r.Context(), history.Period{To: p.options.Now().Add(time.Hour)}, auditRows)
	}
	if err != nil {
		p.fail(w, r, err)
		return
	}
	var wrong error
	if v.Entries, v.Head, wrong = h.Verify(r.Context()); wrong != nil {
		v.Wrong = wrong.Error()
	}
	p.show(w, r, http.StatusOK, "audit", "base", "Audit", v)
}
