package main

import (
	"bytes"
	"context"
	"fmt"
	"image/png"
	"os"

	"github.com/jedib0t/go-pretty/v6/table"

	"pristine/evaluate/report"
	"pristine/internal/printing"
	"pristine/internal/usage"
	"pristine/observe"
	"pristine/prompts"
	"pristine/trial"
)

type explainCommand struct {
	Set          string `arg:"" type:"asset" placeholder:"SET" help:"Prompt set."`
	Picture      string `arg:"" placeholder:"PICTURE" help:"Picture file."`
	References   string `placeholder:"DIR" help:"Folder of good pictures of the same part; default: those kept beside the set, if any."`
	Map          string `placeholder:"FILE.png" help:"Also write a heat map of the defect score."`
	Format       string `enum:"table,json" default:"table" help:"table or json (default: ${default})."`
	encoderFlags `embed:""`
}

// explanation is the JSON of explain.
type explanation struct {
	scored
	Detail     int               `json:"detail"`      // the references are compared at
	TextWeight string            `json:"text_weight"` // auto or a number
	TextAdds   float64           `json:"text_adds"`   // to what the references say
	Texts      []prompts.Text    `json:"texts"`       // the nearest first
	References []observe.Nearest `json:"references,omitempty"`
	Map        string            `json:"map,omitempty"` // the PNG
}

// Run explains why a picture gets its score.
func (c *explainCommand) Run(ctx context.Context, s *streams) error {
	e, bank, err := openBank(ctx, s, &c.encoderFlags, c.Set, c.References)
	if err != nil {
		return err
	}
	defer e.Close()
	shot, err := observe.OpenPhoto(c.Picture)
	if err != nil {
		return err
	}
	var seen [1]observe.Observed
	if err := e.EncodePhotos(ctx, []trial.Photo{shot}, bank.Needs(), seen[:]); err != nil {
		return err
	}
	var scores prompts.Scores
	if err := bank.Score(&seen[0].Observation, &scores); err != nil {
		return err
	}
	x := explanation{scored: newScored(c.Picture, &scores, bank), Map: c.Map, Detail: bank.Detail(), TextWeight: bank.Set.TextWeight.String(), TextAdds: scores.Raw - scores.Reference}
	if x.Texts, err = bank.Texts(seen[0].Embedding); err != nil {
		return err
	}
	if bank.References() > 0 {
		if x.References, err = e.NearestReferences(bank, &seen[0].Observation); err != nil {
			return err
		}
	}
	if c.Map != "" {
		if err := writeMap(c.Map, &shot, bank, &scores); err != nil {
			return err
		}
	}
	if c.Format == "json" {
		return printing.JSON(s.out, x)
	}
	x.print(s)
	printShadow(s.out, bank)
	return nil
}

// mapSide bounds the drawing, in pixels.
const mapSide = 1024

// writeMap draws the picture with its map over it, and the scale of all maps.
func writeMap(file string, p *trial.Photo, bank *prompts.Bank, s *prompts.Scores) error {
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

func (x *explanation) print(s *streams) {
	fmt.Fprintf(s.out, "%s: %s, P(defect) %.3f", printing.KeepEnd(x.Picture, 40), x.Verdict, x.Defect)
	if x.Unknown {
		fmt.Fprintf(s.out, " (%s)", unknownWords)
	}
	fmt.Fprintf(s.out, "\nText %.3f, references %.3f, together %.3f\n", x.Text, x.Reference, x.Raw)
	if name := x.name(); name != "" && !x.Unknown {
		fmt.Fprintf(s.out, "Defect: %s\n", name)
	}
	for _, against := range []bool{true, false} {
		t := printing.Table(s.out, map[bool]string{true: "Texts against it", false: "Texts for it"}[against], "Class", "Cosine")
		shown := 0
		for _, text := range x.Texts {
			if text.Against() == against && shown < textsShown {
				t.AppendRow(table.Row{printing.KeepEnd(text.Prompt, 38), printing.KeepEnd(text.Class, 16), fmt.Sprintf("%.4f", text.Cosine)})
				shown++
			}
		}
		t.Render()
	}
	x.printReferences(s)
	x.printUse(s)
	if x.Map != "" {
		fmt.Fprintf(s.out, "map: %s\n", x.Map)
	}
}

// printUse says how references and texts make the score.
func (x *explanation) printUse(s *streams) {
	if len(x.References) == 0 {
		return
	}
	why := ""
	if x.TextWeight == prompts.TextAuto.String() && x.TextAdds == 0 {
		why = ": good references score no better"
	}
	fmt.Fprintf(s.out, "Compared at detail %d: %s a frame\nText adds %.3f (text_weight: %s)%s\n", x.Detail, encodes(x.Detail), x.TextAdds, x.TextWeight, why)
}

func (x *explanation) printReferences(s *streams) {
	if len(x.References) == 0 {
		return
	}
	t := printing.Table(s.out, "Nearest references", "Patches", "Worst cosine")
	for _, r := range x.References[:min(textsShown, len(x.References))] {
		t.AppendRow(table.Row{printing.KeepEnd(r.File, 40), fmt.Sprintf("%.0f %%", 100*r.Share), fmt.Sprintf("%.4f", r.Worst)})
	}
	t.Render()
}
