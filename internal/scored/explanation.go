package scored

import (
	"bytes"
	"fmt"
	"image/png"
	"io"
	"os"

	"github.com/jedib0t/go-pretty/v6/table"

	"pristine/evaluate/report"
	"pristine/internal/printing"
	"pristine/internal/usage"
	"pristine/observe"
	"pristine/prompts"
	"pristine/trial"
)

// Explanation is why a picture has its score, as JSON has it.
type Explanation struct {
	Result
	Detail     int               `json:"detail"`      // the references are compared at
	TextWeight string            `json:"text_weight"` // auto or a number
	TextAdds   float64           `json:"text_adds"`   // to what the references say
	Texts      []prompts.Text    `json:"texts"`       // the nearest first
	References []observe.Nearest `json:"references,omitempty"`
	Map        string            `json:"map,omitempty"` // the PNG
}

// Explain explains the scores of an observation of a file.
func Explain(e *observe.Model, bank *prompts.Bank, file string, o *prompts.Observation, s *prompts.Scores) (*Explanation, error) {
	x := &Explanation{Result: New(file, s, bank), Detail: bank.Detail(), TextWeight: bank.Set.TextWeight.String(), TextAdds: s.Raw - s.Reference}
	var err error
	if x.Texts, err = bank.Texts(o.Embedding); err != nil || bank.References() == 0 {
		return x, err
	}
	x.References, err = e.NearestReferences(bank, o)
	return x, err
}

// mapSide bounds the drawing, in pixels.
const mapSide = 1024

// WriteMap draws the picture with its map over it, and the scale of all maps.
func WriteMap(file string, p *trial.Photo, bank *prompts.Bank, s *prompts.Scores) error {
	if len(s.Map) == 0 {
		return usage.Error(fmt.Errorf("draw map: the bundle gives no patches: there is nothing to draw"))
	}
	var b bytes.Buffer
	m := report.WithLegend(report.Overlay(p.Pix, p.Width, p.Height, report.Heat{Values: bank.Heat(s, nil), Rows: s.MapGrid[0], Columns: s.MapGrid[1]}, mapSide))
	if err := png.Encode(&b, m); err != nil {
		return fmt.Errorf("draw map: %w", err)
	}
	if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
		return fmt.Errorf("draw map: %w", err)
	}
	return nil
}

// textsShown on either side.
const textsShown = 5

// WriteText writes it for people.
func (x *Explanation) WriteText(w io.Writer) {
	fmt.Fprintf(w, "%s: %s, P(defect) %.3f", printing.KeepEnd(x.Picture, 40), x.Verdict, x.Defect)
	if x.Unknown {
		fmt.Fprintf(w, " (%s)", unknownWords)
	}
	fmt.Fprintln(w)
	if len(x.References) == 0 {
		fmt.Fprintf(w, "Texts: %.3f, the cosine with those against it less that with those for it\n", x.Text)
	} else {
		fmt.Fprintf(w, "References %.3f + texts %.3f = %.3f standard deviations of good parts\n", x.Reference, x.TextAdds, x.Raw)
	}
	if name := x.name(); name != "" && !x.Unknown {
		fmt.Fprintf(w, "Defect: %s\n", name)
	}
	for _, against := range []bool{true, false} {
		t := printing.Table(w, map[bool]string{true: "Texts against it", false: "Texts for it"}[against], "Class", "Cosine")
		shown := 0
		for _, text := range x.Texts {
			if text.Against() == against && shown < textsShown {
				t.AppendRow(table.Row{printing.KeepEnd(text.Prompt, 38), printing.KeepEnd(text.Class, 16), fmt.Sprintf("%.4f", text.Cosine)})
				shown++
			}
		}
		t.Render()
	}
	x.printReferences(w)
	x.printUse(w)
	if x.Map != "" {
		fmt.Fprintf(w, "map: %s\n", x.Map)
	}
}

// printUse says how references and texts make the score.
func (x *Explanation) printUse(w io.Writer) {
	if len(x.References) == 0 {
		return
	}
	why := ""
	if x.TextWeight == prompts.TextAuto.String() && x.TextAdds == 0 {
		why = ", and good references score no better by text"
	}
	fmt.Fprintf(w, "Compared at detail %d: %s a frame\nTexts count by text_weight: %s%s\n", x.Detail, Encodes(x.Detail), x.TextWeight, why)
}

func (x *Explanation) printReferences(w io.Writer) {
	if len(x.References) == 0 {
		return
	}
	t := printing.Table(w, "Nearest references", "Patches", "Worst cosine")
	for _, r := range x.References[:min(textsShown, len(x.References))] {
		t.AppendRow(table.Row{printing.KeepEnd(r.File, 40), fmt.Sprintf("%.0f %%", 100*r.Share), fmt.Sprintf("%.4f", r.Worst)})
	}
	t.Render()
}
