package report

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"strconv"
	"strings"
	"time"

	"pristine/history"
)

//go:embed report.html
var page string

//go:embed report.css
var style string

// StylePolicy is the source of the report's styles for a Content-Security-Policy.
func StylePolicy() string {
	sum := sha256.Sum256([]byte(style))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

var shapes = map[string]string{"PASS": "●", "REVIEW": "◆", "FAIL": "✕", "INVALID": "▲"}

// Shape is the sign of a verdict, the same everywhere.
func Shape(verdict string) string { return shapes[verdict] }

var parsed = template.Must(template.New("report").Funcs(template.FuncMap{
	"local": func(t time.Time) string { return t.Local().Format("2006-01-02 15:04:05") },
	"zone":  func(t time.Time) string { return t.Local().Format("MST") },
	"shape": Shape, "pareto": Pareto,
	"style": func() template.CSS { return template.CSS(style) }, //nolint:gosec // our own
}).Parse(page))

// HTML writes the report as one file.
func (r *Report) HTML(w io.Writer) error {
	if err := parsed.Execute(w, r); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

// Thumb is the picture of a part for the report; "" where it shows none.
func (r *Report) Thumb(p history.Result) template.URL {
	if len(r.thumbs[p.ID]) == 0 {
		return ""
	}
	return template.URL("data:image/jpeg;base64," + base64.StdEncoding.EncodeToString(r.thumbs[p.ID])) //nolint:gosec // base64
}

// Pictured are the rejects that are shown with a picture.
func (r *Report) Pictured() []history.Result { return r.Rejects[:min(len(r.Rejects), MostPictures)] }

// JSON writes the report.
func (r *Report) JSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	if err := e.Encode(r); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

// inert keeps a spreadsheet from taking a text for a formula.
func inert(text string) string {
	if text != "" && strings.ContainsAny(text[:1], "=+-@\t\r") {
		return "'" + text
	}
	return text
}

// CSV writes the rejects, one a line, with dots and ISO times.
func (r *Report) CSV(w io.Writer) error {
	c := csv.NewWriter(w)
	_ = c.Write([]string{"time", "event", "camera", "part", "verdict", "reason", "likeliest", "severity", "defect", "review", "fail", "shadow", "prompt_set", "prompt_set_sha256", "label", "kind", "labelled_by", "likeliest_by", "likeliest_share"})
	for _, p := range r.Rejects {
		defect, label, kind, by := "", "", "", ""
		if p.Defect != nil {
			defect = strconv.FormatFloat(*p.Defect, 'f', 4, 64)
		}
		if p.Label != nil {
			label, kind, by = p.Label.Label, p.Label.Kind, p.Label.Who
		}
		row := []string{p.Time.UTC().Format(time.RFC3339Nano), p.Event, p.Camera, p.Part, p.Verdict, p.Reason, p.Likeliest, p.Severity, defect,
			strconv.FormatFloat(p.Review, 'f', 4, 64), strconv.FormatFloat(p.Fail, 'f', 4, 64), strconv.FormatBool(p.Shadow), p.Set, p.SetSHA256, label, kind, by, p.LikelyBy, strconv.FormatFloat(p.LikelyShare, 'f', 4, 64)}
		for i := range row {
			row[i] = inert(row[i])
		}
		_ = c.Write(row)
	}
	c.Flush()
	if err := c.Error(); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}
