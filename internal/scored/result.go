package scored

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"pristine/internal/printing"
	"pristine/prompts"
	"pristine/verdict"
)

// Result is what a set says of a picture, as JSON has it.
type Result struct {
	Picture     string             `json:"picture"`
	Verdict     verdict.Verdict    `json:"verdict"`
	Reason      verdict.Reason     `json:"reason,omitempty"`
	Defect      float64            `json:"defect"`
	Raw         float64            `json:"raw"`
	Text        float64            `json:"text"`
	Reference   float64            `json:"reference"`
	Unknown     bool               `json:"unknown"`
	Shadow      bool               `json:"shadow"`
	Likeliest   string             `json:"likeliest,omitempty"`       // the defect's name, as in events; absent where it is not known well enough
	LikelyShare float64            `json:"likeliest_share,omitempty"` // how likely the name is right
	LikelyBy    verdict.By         `json:"likeliest_by,omitempty"`    // labels or text
	Severity    verdict.Severity   `json:"severity,omitempty"`        // of Likeliest
	ReviewShare float64            `json:"review_share"`              // share of Defect that belongs to defects which never fail a part
	Classes     map[string]float64 `json:"classes"`
	Places      []prompts.Place    `json:"places,omitempty"` // where it is unlike a good part, the worst first
}

// New returns what the bank, whose scores they are, says of a picture.
func New(file string, s *prompts.Scores, b *prompts.Bank) Result {
	armed, _ := b.Armed()
	v, reason := verdict.Decide(s.Judged(), b.Set.Thresholds)
	r := Result{
		Picture: file, Verdict: v, Reason: reason, Defect: s.Defect, Raw: s.Raw, Text: s.Text, Reference: s.Reference, Unknown: s.Unknown, Shadow: !armed,
		Likeliest: s.Name.Defect, LikelyShare: s.Name.Share, LikelyBy: s.Name.By, Severity: s.Name.Severity, ReviewShare: s.ReviewShare, Classes: map[string]float64{}, Places: slices.Clone(s.Places),
	}
	for _, class := range s.Classes {
		r.Classes[class.Name] = class.Probability
	}
	return r
}

// name says what the defect is called, or why there is none.
func (r *Result) name() string {
	switch {
	case r.Unknown:
		return unknownWords
	case r.Verdict == verdict.Pass:
		return ""
	}
	return verdict.Name{Defect: r.Likeliest, Severity: r.Severity, By: r.LikelyBy, Share: r.LikelyShare}.Text()
}

// unknownWords say why a picture is REVIEW whatever its score.
const unknownWords = "unknown: to the prompts or the references"

// WriteTable writes a line a picture, and its places below.
func WriteTable(w io.Writer, results []Result) {
	t := printing.Table(w, "Picture", "Verdict", "P(defect)", "Defect")
	for _, r := range results {
		top := r.name()
		t.AppendRow(table.Row{printing.KeepEnd(r.Picture, 29), r.Verdict, fmt.Sprintf("%.3f", r.Defect), printing.KeepStart(top, 22)})
	}
	t.Render()
	for _, r := range results {
		for _, p := range r.Places {
			fmt.Fprintf(w, "%s: %s\n", printing.KeepEnd(r.Picture, 29), printing.KeepStart(p.Text(), 49))
		}
	}
}

// WriteShadow says how far the verdicts of a set that is not armed may be trusted.
func WriteShadow(w io.Writer, b *prompts.Bank) {
	armed, why := b.Armed()
	if armed {
		return
	}
	note := "In shadow: " + why + "."
	if b.ReferencesHash() == "" {
		note += " Text alone ranks pictures, but no threshold suits every part, and by the default one good pictures may FAIL: give some as --references DIR."
	}
	for line := range strings.Lines(text.WrapSoft(note, 80)) {
		fmt.Fprintln(w, strings.TrimSpace(line))
	}
}
