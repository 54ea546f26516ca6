package report

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"pristine/history"
)

const hostile = `<script>alert(1)</script>=cmd`

var noon = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

func example(t *testing.T) (*history.History, *Report) {
	t.Helper()
	ctx := context.Background()
	now := noon
	h, err := history.Open(ctx, history.Options{Dir: t.TempDir(), Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close() })
	for i := range 600 {
		defect := 0.2
		r := &history.Record{Result: history.Result{Event: fmt.Sprint("K-", i), Time: noon.Add(time.Duration(i) * time.Second), Camera: "belt", Part: fmt.Sprint("p", i), Verdict: "PASS", Review: 0.4, Fail: 0.7, Set: "flange", SetSHA256: "5e7", Bundle: "b", Defect: &defect}}
		if i%20 == 0 || i > 570 {
			defect = 0.9
			r.Verdict, r.Part, r.Likeliest, r.Severity, r.Thumb = "FAIL", hostile, "=scratch", "critical", []byte("jpeg")
		} else if i%30 == 1 {
			r.Thumb = []byte("jpeg")
		}
		h.Add(r)
		if i%100 == 99 {
			if err := h.Flush(ctx); err != nil {
				t.Fatal(err)
			}
		}
	}
	for id, label := range map[int64]string{1: history.Good, 21: history.Bad, 2: history.Bad} {
		if _, err := h.Label(ctx, history.Label{Result: id, Who: "ann", Label: label}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := h.Change(ctx, history.Change{Who: hostile, Kind: "arm", Object: "belt", After: "armed"}); err != nil {
		t.Fatal(err)
	}
	r, err := Build(ctx, h.Reader, Options{Period: history.Period{From: noon, To: noon.Add(10 * time.Minute)}, Station: hostile, Now: noon})
	if err != nil {
		t.Fatal(err)
	}
	return h, r
}

func TestBuild_CountsAndCharts(t *testing.T) {
	_, r := example(t)
	if r.Verdicts["FAIL"] != 58 || r.Verdicts["PASS"] != 542 || r.Rate.K != 58 || r.Rate.N != 600 || !(r.Rate.Low < r.Rate.P && r.Rate.P < r.Rate.High) {
		t.Errorf(`%+v %+v; want r.Verdicts["FAIL"] == 58, r.Verdicts["PASS"] == 542, r.Rate.K == 58, r.Rate.N == 600, (r.Rate.Low < r.Rate.P && r.Rate.P < r.Rate.High)`, r.Verdicts, r.Rate)
	}
	if f := r.Reviewed; f.FalseCalls.K != 1 || f.FalseCalls.N != 2 || f.Escapes.K != 1 || f.Escapes.N != 1 || f.Doubtful.N != 0 {
		t.Errorf("%+v; want f.FalseCalls.K == 1, f.FalseCalls.N == 2, f.Escapes.K == 1, f.Escapes.N == 1, f.Doubtful.N == 0", f)
	}
	p := r.Charts.Rejects
	if len(p.Points) != 10 || !p.Limits || !p.Alarm || p.Points[3].Out || !p.Points[9].Out {
		t.Errorf("%+v; want len(p.Points) == 10, p.Limits, p.Alarm, not p.Points[3].Out, p.Points[9].Out", p)
	}
	if m := r.Charts.Margin; len(m.Points) != 10 || !m.Limits || !m.Drift {
		t.Errorf("%+v; want len(m.Points) == 10, m.Limits, m.Drift", m)
	}
	if len(r.Defects) != 1 || r.Defects[0] != (Bar{"=scratch", "critical", 58}) || len(r.Changes) != 1 || r.Trail.Entries != 1 || r.Trail.Wrong != "" || len(r.Sets) != 1 {
		t.Errorf(`%+v %+v %+v %+v; want len(r.Defects) == 1, r.Defects[0] == (Bar{"=scratch", "critical", 58}), len(r.Changes) == 1, r.Trail.Entries == 1, r.Trail.Wrong == "", len(r.Sets) == 1`, r.Defects, r.Changes, r.Trail, r.Sets)
	}
}

func TestReport_FormsAreInertAndAlike(t *testing.T) {
	h, r := example(t)
	var page, data, table bytes.Buffer
	for _, err := range []error{r.HTML(&page), r.JSON(&data), r.CSV(&table)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	text := page.String()
	for _, bad := range []string{"<script>alert", "http://", "https://", "src=\"/", "href="} {
		if strings.Contains(text, bad) {
			t.Errorf("the page contains %s", bad)
		}
	}
	if n := strings.Count(text, "data:image/jpeg;base64,"); n != 58 || strings.Count(text, "<svg") != 3 {
		t.Errorf("%d pictures, %d charts", n, strings.Count(text, "<svg"))
	}
	var back Report
	if err := json.Unmarshal(data.Bytes(), &back); err != nil || back.Verdicts["FAIL"] != 58 || len(back.Rejects) != 58 {
		t.Errorf(`%v %+v; want err == nil, back.Verdicts["FAIL"] == 58, len(back.Rejects) == 58`, err, back.Verdicts)
	}
	rows, err := csv.NewReader(&table).ReadAll()
	if err != nil || len(rows) != 59 || rows[1][6] != "'=scratch" || rows[1][3] != hostile {
		t.Errorf(`%v, %d rows: %q; want err == nil, len(rows) == 59, rows[1][6] == "'=scratch", rows[1][3] == hostile`, err, len(rows), rows[1])
	}
	empty, err := Build(context.Background(), h.Reader, Options{Period: history.Period{From: noon.Add(-time.Hour), To: noon.Add(-time.Minute)}})
	if err != nil || empty.HTML(&page) != nil || empty.CSV(&table) != nil {
		t.Errorf("got err %+v, empty %+v, page %+v, table %+v; want err == nil, empty.HTML(&page) == nil, empty.CSV(&table) == nil", err, empty, page, table)
	}
	if _, err := Build(context.Background(), h.Reader, Options{Period: history.Period{From: noon, To: noon}}); err == nil {
		t.Error("a period without length has a report")
	}
}
