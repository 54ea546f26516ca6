package check

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"pristine/internal/config"
	"pristine/internal/strictyaml"
	"pristine/prompts"
)

// Report is what was found in one file.
type Report struct {
	File     string            `json:"file"`
	Kind     string            `json:"kind"` // configuration or prompt set
	Good     bool              `json:"good"` // no errors
	Arming   string            `json:"arming,omitempty"`
	Findings []Finding         `json:"findings"`
	Lint     []prompts.Warning `json:"lint,omitempty"`
	err      error             // why the file cannot be read
}

// ConfigurationFile checks a file as Configuration does.
func ConfigurationFile(ctx context.Context, name string, o Options) *Report {
	r := &Report{File: name, Kind: "configuration", Findings: []Finding{}}
	file, err := config.Open(name)
	if err != nil {
		r.refuse(err)
		return r
	}
	r.Findings = append(r.Findings, Configuration(ctx, file, o)...)
	r.Good = len(r.Errors()) == 0
	return r
}

// SetFile checks a prompt set. Where it has no mistakes, judge is called for what
// the model says of it: the warnings of lint, and the bank that it makes.
func SetFile(name string, judge func() ([]prompts.Warning, *prompts.Bank, error)) (*Report, error) {
	r := &Report{File: name, Kind: "prompt set", Findings: []Finding{}}
	if _, err := prompts.Load(name); err != nil {
		r.refuse(err)
		return r, nil
	}
	warnings, bank, err := judge()
	if err != nil {
		return nil, err
	}
	r.Good, r.Lint, r.Arming = true, warnings, Arming(bank)
	return r, nil
}

// refuse records why a file cannot be read.
func (r *Report) refuse(err error) {
	r.err = err
	var mistakes *strictyaml.Errors
	if !errors.As(err, &mistakes) {
		r.Findings = append(r.Findings, Finding{File: r.File, Line: 1, Level: Error, Code: ConfigInvalid, Message: err.Error(), Stops: true})
		return
	}
	for _, p := range mistakes.Problems {
		r.Findings = append(r.Findings, Finding{File: p.File, Line: p.Line, Key: p.Path, Level: Error, Code: ConfigInvalid, Message: p.Message, Stops: true})
	}
}

// Errors returns what makes the file bad.
func (r *Report) Errors() (all []error) {
	if r.err != nil {
		return []error{r.err}
	}
	for _, f := range r.Findings {
		if f.Level == Error {
			all = append(all, errors.New(f.String()))
		}
	}
	return all
}

// WriteText writes all but the errors.
func (r *Report) WriteText(w io.Writer) {
	if r.Good {
		fmt.Fprintf(w, "%s: good\n", r.File)
	}
	for _, f := range r.Findings {
		if f.Level == Warning {
			fmt.Fprintf(w, "%s:%d: %s\n", f.File, f.Line, strings.TrimPrefix(f.Key+": warning: "+f.Message, ": "))
		}
	}
	WriteWarnings(w, r.Lint)
	if r.Arming != "" {
		fmt.Fprintf(w, "%s: %s\n", r.File, r.Arming)
	}
}

// WriteWarnings writes each warning on two lines: what and why, and what to do.
func WriteWarnings(w io.Writer, warnings []prompts.Warning) {
	for _, v := range warnings {
		fmt.Fprintf(w, "%s:%d: %s", v.File, v.Line, v.Path)
		if v.Prompt != "" {
			fmt.Fprintf(w, " %q", v.Prompt)
		}
		fmt.Fprintf(w, "\n  %s: %s.\n  Try: %s.\n", v.Rule, v.Reason, v.Remedy)
	}
}

// Arming says whether a set's FAIL is published as real, and why.
func Arming(b *prompts.Bank) string {
	if armed, why := b.Armed(); armed {
		return "armed: " + why
	} else {
		return "in shadow: " + why
	}
}

// IsSet reports whether a file is a prompt set: it lies in a folder of that name,
// or its keys say so.
func IsSet(file string) bool {
	if filepath.Base(filepath.Dir(file)) == "prompts" {
		return true
	}
	data, _ := os.ReadFile(file) // whoever reads it says why not
	for line := range strings.Lines(string(data)) {
		if strings.HasPrefix(line, "defects:") || strings.HasPrefix(line, "object:") || strings.HasPrefix(line, "pristine:") {
			return true
		}
	}
	return false
}
