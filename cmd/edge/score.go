package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"pristine/internal/printing"
	"pristine/internal/usage"
	"pristine/observe"
	"pristine/prompts"
	"pristine/verdict"
)

type scoreCommand struct {
	Pictures     []string `arg:"" help:"Picture files or folders."`
	Prompts      string   `type:"asset" default:"configs/prompts/part.yaml" placeholder:"SET" help:"Prompt set (default: ${default})."`
	References   string   `placeholder:"DIR" help:"Folder of good pictures of the same part, instead of those kept beside the set."`
	Format       string   `enum:"table,json" default:"table" help:"table or json (default: ${default})."`
	encoderFlags `embed:""`
}

// scored is one picture's line in the JSON of score.
type scored struct {
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

func (c *scoreCommand) Run(ctx context.Context, s *streams) error {
	files, err := expand(s, c.Pictures)
	if err != nil {
		return usage.Error(err)
	}
	e, bank, err := openBank(ctx, s, &c.encoderFlags, c.Prompts, c.References)
	if err != nil {
		return err
	}
	defer e.Close()
	var results []scored
	var failed []error
	l, scores := e.NewEncoder(observe.View{}), prompts.Scores{}
	for _, file := range files {
		var o prompts.Observation
		err := l.ObserveFile(ctx, file, bank.Needs(), &o)
		if err == nil {
			err = bank.Score(&o, &scores)
		}
		if err != nil {
			failed = append(failed, err)
			continue
		}
		results = append(results, newScored(file, &scores, bank))
	}
	if c.Format == "json" {
		err = printing.JSON(s.out, results)
	} else {
		printScores(s.out, results)
		printShadow(s.out, bank)
	}
	return errors.Join(append(failed, err)...)
}

func newScored(file string, s *prompts.Scores, b *prompts.Bank) scored {
	armed, _ := b.Armed()
	v, reason := verdict.Decide(s.Judged(), b.Set.Thresholds)
	r := scored{
		Picture: file, Verdict: v, Reason: reason, Defect: s.Defect, Raw: s.Raw, Text: s.Text, Reference: s.Reference, Unknown: s.Unknown, Shadow: !armed,
		Likeliest: s.Name.Defect, LikelyShare: s.Name.Share, LikelyBy: s.Name.By, Severity: s.Name.Severity, ReviewShare: s.ReviewShare, Classes: map[string]float64{}, Places: slices.Clone(s.Places),
	}
	for _, class := range s.Classes {
		r.Classes[class.Name] = class.Probability
	}
	return r
}

// name says what the defect is called, or why there is none.
func (r *scored) name() string {
	switch {
	case r.Unknown:
		return unknownWords
	case r.Verdict == verdict.Pass:
		return ""
	}
	return verdict.Name{Defect: r.Likeliest, Severity: r.Severity, By: r.LikelyBy, Share: r.LikelyShare}.Text()
}

// verdictOf is what a single picture would be judged.
func verdictOf(s *prompts.Scores, t prompts.Thresholds) verdict.Verdict {
	v, _ := verdict.Decide(s.Judged(), t)
	return v
}

// unknownWords say why a picture is REVIEW whatever its score.
const unknownWords = "unknown: to the prompts or the references"

func printScores(w io.Writer, results []scored) {
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

// printShadow says how far the verdicts of a set that is not armed may be trusted.
func printShadow(w io.Writer, b *prompts.Bank) {
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

// expand replaces folders by the pictures in them.
func expand(s *streams, paths []string) ([]string, error) {
	var files []string
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			files = append(files, path)
			continue
		}
		inside, err := s.list(path)
		if err != nil {
			return nil, err
		}
		files = append(files, inside...)
	}
	return files, nil
}
