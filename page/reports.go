package page

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"time"

	"pristine/history"
	"pristine/report"
)

// mostPeriod is how long a report's period may be.
const mostPeriod = 100 * 24 * time.Hour

// period reads since=8h, or from and to, and camera.
func (p *Page) period(r *http.Request) (history.Period, error) {
	now := p.options.Now()
	o := history.Period{From: now.Add(-shiftLength), To: now, Camera: r.FormValue("camera")}
	if since := r.FormValue("since"); since != "" {
		d, err := time.ParseDuration(since)
		if err != nil || d <= 0 || d > mostPeriod {
			return o, fmt.Errorf("%w: since=%q must be a duration, such as 8h, of at most %d days", ErrRequest, since, int(mostPeriod.Hours()/24))
		}
		o.From = now.Add(-d)
	}
	for _, f := range []struct {
		name string
		to   *time.Time
	}{{"from", &o.From}, {"to", &o.To}} {
		t, err := moment(r.FormValue(f.name))
		if err != nil {
			return o, err
		}
		if !t.IsZero() {
			*f.to = t
		}
	}
	if !o.From.Before(o.To) || o.To.Sub(o.From) > mostPeriod {
		return o, fmt.Errorf("%w: the period must begin before it ends, and last at most %d days", ErrRequest, int(mostPeriod.Hours()/24))
	}
	return o, nil
}

func (p *Page) build(r *http.Request) (*report.Report, error) {
	h, err := p.kept()
	if err != nil {
		return nil, err
	}
	period, err := p.period(r)
	if err != nil {
		return nil, err
	}
	return report.Build(r.Context(), h.Reader, report.Options{Period: period, Station: p.options.Status().Station, Version: p.options.Version, Now: p.options.Now()})
}

type reportsView struct {
	Report  *report.Report
	Cameras []string
	Query   string // of the files
}

func (p *Page) reports(w http.ResponseWriter, r *http.Request) {
	built, err := p.build(r)
	if err != nil {
		p.fail(w, r, err)
		return
	}
	v := reportsView{Report: built}
	for _, c := range p.options.Status().Cameras {
		v.Cameras = append(v.Cameras, c.Name)
	}
	q := r.URL.Query()
	q.Set("from", built.From.Format(time.RFC3339))
	q.Set("to", built.To.Format(time.RFC3339))
	q.Del("since")
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
