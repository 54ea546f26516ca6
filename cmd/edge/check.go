package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"pristine/agent"
	"pristine/capture"
	"pristine/capture/address"
	"pristine/capture/source"
	"pristine/infer"
	"pristine/infer/bundle"
	"pristine/internal/assets"
	"pristine/internal/check"
	"pristine/internal/config"
	"pristine/internal/printing"
	"pristine/internal/strictyaml"
	"pristine/internal/usage"
	"pristine/observe"
	"pristine/prompts"
)

type checkCommand struct {
	Files      []string `arg:"" help:"Configuration files and prompt sets."`
	Deep       bool     `help:"Also open the cameras and reach the hub of each configuration, within their time limits."`
	Format     string   `enum:"text,json" default:"text" help:"text or json (default: ${default})."`
	bundleFlag `embed:""`
}

// Help is shown by edge check --help.
func (checkCommand) Help() string {
	return "Opens what a configuration names: prompt sets, references, bundle, credentials, folders, ports. Says everything at once, with lines. Errors end with exit code 2; warnings do not, nor does that a set is in shadow."
}

// checked is what was found in one file.
type checked struct {
	File     string            `json:"file"`
	Kind     string            `json:"kind"` // configuration or prompt set
	Good     bool              `json:"good"` // no errors
	Arming   string            `json:"arming,omitempty"`
	Findings []check.Finding   `json:"findings"`
	Lint     []prompts.Warning `json:"lint,omitempty"`
	err      error             // mistakes that keep the file from being read
}

// Run checks every file and says all mistakes of all of them.
func (c *checkCommand) Run(ctx context.Context, s *streams) error {
	all := make([]checked, len(c.Files))
	var wrong []error
	var model *observe.Model
	for i, file := range c.Files {
		file = assets.Find(file)
		r := &all[i]
		*r = checked{File: file, Kind: "configuration", Findings: []check.Finding{}}
		if !isSet(file) {
			c.configuration(ctx, r)
		} else if r.Kind = "prompt set"; c.set(r) && model == nil {
			var err error
			if model, err = observe.Open(c.Bundle, infer.Options{}); err != nil {
				return fmt.Errorf("lint prompt sets: %w", err)
			}
			defer model.Close()
		}
		if r.Kind == "prompt set" && r.err == nil {
			if err := lintSet(ctx, model, r); err != nil {
				return err
			}
		}
		wrong = append(wrong, r.errors()...)
		if c.Format == "text" {
			r.print(s)
		}
	}
	if c.Format == "json" {
		if err := printing.JSON(s.out, all); err != nil {
			return err
		}
	}
	if len(wrong) > 0 {
		return usage.Error(errors.Join(wrong...))
	}
	return nil
}

func (c *checkCommand) configuration(ctx context.Context, r *checked) {
	file, err := config.Open(r.File)
	if err != nil {
		r.refuse(err)
		return
	}
	o := check.Options{Bundle: func(dir string) error { _, err := bundle.Open(dir); return err }}
	if c.Deep {
		o.Camera, o.Hub = reachCamera, reachHub
	}
	r.Findings = append(r.Findings, check.Configuration(ctx, file, o)...)
	r.Good = len(r.errors()) == 0
}

// set reads a set, and reports whether it is one without mistakes.
func (c *checkCommand) set(r *checked) bool {
	if _, err := prompts.Load(r.File); err != nil {
		r.refuse(err)
		return false
	}
	r.Good = true
	return true
}

func lintSet(ctx context.Context, model *observe.Model, r *checked) (err error) {
	if r.Lint, err = model.Lint(ctx, r.File); err != nil {
		return err
	}
	bank, err := model.BankWith(ctx, r.File, observe.View{}, "")
	if err != nil {
		return err
	}
	r.Arming = arming(bank)
	return nil
}

// refuse records why a file cannot be read.
func (r *checked) refuse(err error) {
	r.err = err
	var mistakes *strictyaml.Errors
	if !errors.As(err, &mistakes) {
		r.Findings = append(r.Findings, check.Finding{File: r.File, Line: 1, Level: check.Error, Message: err.Error(), Stops: true})
		return
	}
	for _, p := range mistakes.Problems {
		r.Findings = append(r.Findings, check.Finding{File: p.File, Line: p.Line, Key: p.Path, Level: check.Error, Message: p.Message, Stops: true})
	}
}

// errors returns what makes the file bad.
func (r *checked) errors() (all []error) {
	if r.err != nil {
		return []error{r.err}
	}
	for _, f := range r.Findings {
		if f.Level == check.Error {
			all = append(all, errors.New(f.String()))
		}
	}
	return all
}

// print says all but the errors, which end the command.
func (r *checked) print(s *streams) {
	if r.Good {
		fmt.Fprintf(s.out, "%s: good\n", r.File)
	}
	for _, f := range r.Findings {
		if f.Level == check.Warning {
			fmt.Fprintf(s.out, "%s:%d: %s\n", f.File, f.Line, strings.TrimPrefix(f.Key+": warning: "+f.Message, ": "))
		}
	}
	printWarnings(s.out, r.Lint)
	if r.Arming != "" {
		fmt.Fprintf(s.out, "%s: %s\n", r.File, r.Arming)
	}
}

// reachCamera opens a camera and reads a frame.
func reachCamera(ctx context.Context, c *config.Camera) error {
	a, err := address.Parse(c.Source)
	if err != nil {
		return err
	}
	opened, err := source.Open(ctx, a, source.Options{OpenTimeout: c.OpenTimeout, ReadTimeout: c.ReadTimeout, UserFile: c.UserFile, PasswordFile: c.PasswordFile})
	if err != nil {
		return err
	}
	defer opened.Close()
	var f capture.Frame
	if err := opened.Read(ctx, &f); err != nil {
		return fmt.Errorf("read a frame of %s: %w", capture.Redact(c.Source), err)
	}
	return nil
}

// reachHub connects to the hub as the agent does, and asks for its JetStream.
func reachHub(ctx context.Context, c *config.Config) error {
	hub := agent.Hub(c)
	conn, err := hub.Connect(false)
	if err != nil {
		return err
	}
	defer conn.Close()
	js, err := hub.JetStream(conn)
	if err != nil {
		return err
	}
	if _, err := js.AccountInfo(ctx); err != nil {
		return fmt.Errorf("ask the hub for JetStream: %w: enable jetstream in its configuration, and for this user's account", err)
	}
	return nil
}

// arming says whether a set's FAIL is published as real, and why.
func arming(b *prompts.Bank) string {
	if armed, why := b.Armed(); armed {
		return "armed: " + why
	} else {
		return "in shadow: " + why
	}
}

// isSet reports whether a file is a prompt set: it lies in a folder of that name,
// or its keys say so.
func isSet(file string) bool {
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
