package report

import (
	"fmt"
	"io"

	"github.com/jedib0t/go-pretty/v6/table"

	"pristine/evaluate"
	"pristine/internal/printing"
)

// Suite is the JSON of one prompt set measured on many data sets.
type Suite struct {
	Bundle     string   `json:"bundle"`
	BundleHash string   `json:"bundle_hash"`
	PromptSet  string   `json:"prompt_set"`
	References string   `json:"references,omitempty"` // of each set
	Seeds      []uint64 `json:"seeds"`                // of the draws
	Mean       Mean     `json:"mean"`
	Sets       []Member `json:"sets"`
}

// Member is a data set of a suite.
type Member struct {
	Name   string  `json:"name"`
	Report *Report `json:"report,omitempty"`
	Error  string  `json:"error,omitempty"` // why it could not be measured; not included in means
}

// Mean has the unweighted means over the sets that were measured. Means of pixel figures
// are over the sets that have any.
type Mean struct {
	Sets             int      `json:"sets"`
	AUROC            float64  `json:"auroc"`
	Cue              float64  `json:"trivial_cue_auroc"` // of each set's best
	AveragePrecision float64  `json:"average_precision"`
	F1Max            float64  `json:"f1_max"`
	Overkill         float64  `json:"overkill"`
	GoodReview       float64  `json:"good_review"`
	Escape           float64  `json:"escape"`
	PixelAUROC       *float64 `json:"pixel_auroc,omitempty"`
	PRO              *float64 `json:"pro,omitempty"`
}

// Add adds a data set: its report, or the error.
func (s *Suite) Add(name string, r *Report, err error) {
	m := Member{Name: name, Report: r}
	if err != nil {
		m.Report, m.Error = nil, err.Error()
	} else if len(s.Seeds) == 0 {
		s.Bundle, s.BundleHash, s.PromptSet, s.References = r.Bundle, r.BundleHash, r.PromptSet, r.References
		for _, d := range r.Draws {
			s.Seeds = append(s.Seeds, d.Seed)
		}
	}
	s.Sets = append(s.Sets, m)
	s.Mean = s.mean()
}

// Failed returns how many data sets could not be measured.
func (s *Suite) Failed() int { return len(s.Sets) - s.Mean.Sets }

func (s *Suite) mean() Mean {
	figures := map[string][]float64{}
	add := func(name string, v float64) { figures[name] = append(figures[name], v) }
	for _, m := range s.Sets {
		r := m.Report
		if r == nil {
			continue
		}
		_, cue := r.bestCue()
		add("auroc", r.AUROC)
		add("cue", cue)
		add("precision", r.AveragePrecision)
		add("f1", r.F1Max)
		add("overkill", r.Overkill)
		add("review", r.GoodReview)
		add("escape", r.Escape)
		if r.Pixels != nil {
			add("pixels", r.Pixels.AUROC)
			add("pro", r.Pixels.PRO)
		}
	}
	n := len(figures["auroc"])
	if n == 0 {
		return Mean{}
	}
	mean := func(name string) float64 { v, _ := evaluate.MeanDeviation(figures[name]); return v }
	all := Mean{
		Sets: n, AUROC: mean("auroc"), Cue: mean("cue"), AveragePrecision: mean("precision"), F1Max: mean("f1"),
		Overkill: mean("overkill"), GoodReview: mean("review"), Escape: mean("escape"),
	}
	if len(figures["pixels"]) > 0 {
		pixels, pro := mean("pixels"), mean("pro")
		all.PixelAUROC, all.PRO = &pixels, &pro
	}
	return all
}

// WriteTable writes a row for each data set and one for the means, 80 columns wide.
func (s *Suite) WriteTable(w io.Writer) {
	t := newTable(w)
	t.AppendHeader(table.Row{"In %", "Parts", "AUROC", "Cue", "Overkill", "Review", "Escape", "Pixel"})
	for _, m := range s.Sets {
		if m.Report == nil {
			t.AppendRow(table.Row{printing.KeepEnd(m.Name, nameWidth), "–", "–", "–", "–", "–", "–", "–"})
			continue
		}
		t.AppendRow(table.Row(m.cells()))
	}
	t.AppendSeparator()
	t.AppendRow(table.Row(s.Mean.cells()))
	t.Render()
	fmt.Fprintln(w, "Parts: good/bad. Cue: a trivial cue alone. Review: of good parts. Pixel: AUROC.")
	for _, line := range s.Notes() {
		fmt.Fprintln(w, line)
	}
}

// Notes returns the caveats for the reader.
func (s *Suite) Notes() []string {
	notes := []string{fmt.Sprintf("References: %s. Draws: seeds %v.", orNone(s.References), s.Seeds)}
	for _, m := range s.Sets {
		switch {
		case m.Report == nil:
			notes = append(notes, fmt.Sprintf("%s was not measured: %s", m.Name, m.Error))
		case len(m.Report.LeftOut) > 0:
			notes = append(notes, fmt.Sprintf("%s: %d pictures cannot be read and are in no figure.", printing.KeepEnd(m.Name, nameWidth), len(m.Report.LeftOut)))
		}
	}
	return notes
}

func orNone(references string) string {
	if references == "" {
		return "none"
	}
	return references
}

// cells returns the cells of a data set's row, with a dash for figures without data.
func (m *Member) cells() []any {
	r := m.Report
	auroc := tenths(r.AUROC)
	if len(r.Draws) > 1 {
		auroc += " ±" + tenths(r.AUROCDeviation)
	}
	pixels := "–"
	if r.Pixels != nil {
		pixels = tenths(r.Pixels.AUROC)
	}
	_, cue := r.bestCue()
	return []any{printing.KeepEnd(m.Name, nameWidth), fmt.Sprintf("%d/%d", r.Good, r.Bad), auroc, tenths(cue), tenths(r.Overkill), tenths(r.GoodReview), tenths(r.Escape), pixels}
}

func (m *Mean) cells() []any {
	pixels := "–"
	if m.PixelAUROC != nil {
		pixels = tenths(*m.PixelAUROC)
	}
	return []any{fmt.Sprintf("mean of %d", m.Sets), "", tenths(m.AUROC), tenths(m.Cue), tenths(m.Overkill), tenths(m.GoodReview), tenths(m.Escape), pixels}
}

// nameWidth keeps the table 80 columns wide.
const nameWidth = 12

func tenths(v float64) string { return fmt.Sprintf("%.1f", percent(v)) }
