package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/term"

	"pristine/capture"
	"pristine/evaluate"
	"pristine/infer"
	"pristine/internal/assets"
	"pristine/internal/starter"
	"pristine/internal/usage"
)

type initCommand struct {
	Dir          string   `arg:"" placeholder:"DIR" help:"Folder to make, new or empty. Its name is the part's."`
	Good         []string `placeholder:"DIR" help:"Folder of photos of good parts; may be repeated."`
	Bad          []string `placeholder:"DIR" help:"Folder of photos of bad parts, whose folders name the defects; may be repeated."`
	Name         string   `help:"Name of part, camera and set (default: the folder's)."`
	Object       string   `placeholder:"WORDS" help:"What the part is, such as \"hex bolt\" (default: the name)."`
	From         string   `type:"asset" placeholder:"SET" help:"Prompt set to start from (default: the shipped one with the most similar part)."`
	Source       string   `placeholder:"ADDRESS" help:"Address of the camera (default: a watched folder, DIR/in)."`
	encoderFlags `embed:""`
}

// Help implements kong.HelpProvider.
func (*initCommand) Help() string {
	return "Makes a part's folder: prompt set, references, configuration, and a first report if there are bad photos. On a terminal it asks for what is missing. " +
		"Example: edge init hex-bolt --good photos/good --bad photos/bad"
}

func (c *initCommand) Run(ctx context.Context, s *streams) error {
	if term.IsTerminal(int(os.Stdin.Fd())) {
		c.ask(s.out, os.Stdin)
	}
	var good []string
	for _, dir := range c.Good {
		files, err := s.list(dir)
		if err != nil {
			return usage.Error(err)
		}
		good = append(good, files...)
	}
	for _, dir := range c.Bad {
		if _, err := s.list(dir); err != nil {
			return usage.Error(err)
		}
	}
	if err := c.choose(ctx, s, good); err != nil {
		return err
	}
	f, err := starter.Create(starter.Options{Dir: c.Dir, Name: c.Name, Object: c.Object, Good: good, Shipped: c.From, Source: c.Source, Model: c.model()})
	if errors.Is(err, starter.ErrOptions) {
		return usage.Error(err)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "made %s: set %s, %d references, %s\n", f.Dir, filepath.Base(f.Set), f.Kept, filepath.Base(f.Config))
	if err := c.measure(ctx, s, f); err != nil {
		return err
	}
	return c.next(s, f)
}

// model returns what is no default of what the folder is made with.
func (f *encoderFlags) model() starter.Model {
	m := starter.Model{Bundle: f.Bundle, References: f.Features, Provider: f.Provider, Precision: f.Precision}
	for value, usual := range map[*string]string{&m.Bundle: assets.Find("models/pocket"), &m.Provider: "cpu", &m.Precision: "fp32"} {
		if *value == usual {
			*value = ""
		}
	}
	return m
}

// choose takes the shipped set whose object is nearest to the photos.
func (c *initCommand) choose(ctx context.Context, s *streams, good []string) error {
	if c.From != "" || len(good) == 0 {
		return nil
	}
	sets, err := starter.Shipped()
	if err != nil {
		return err
	}
	m, err := c.openPaired(infer.Options{})
	if err != nil {
		return err
	}
	defer m.Close()
	if c.From, err = m.NearestSet(ctx, sets, good); err == nil {
		fmt.Fprintf(s.out, "prompts from %s (--from names another)\n", filepath.Base(c.From))
	}
	return err
}

// measure evaluates the new set on the photos that are not references, and
// calibrates it where they are enough for that.
func (c *initCommand) measure(ctx context.Context, s *streams, f *starter.Folder) error {
	if len(c.Bad) == 0 || len(f.Measured) == 0 {
		fmt.Fprintln(s.out, "not measured: that takes photos of bad parts (--bad) and good ones beyond the references")
		return nil
	}
	m, t, err := measure(ctx, s, &dataFlags{Good: c.Good, Bad: c.Bad}, &referenceFlags{References: f.References, Draws: 1}, &c.encoderFlags, f.Set)
	if err != nil {
		return err
	}
	defer m.Close()
	r, err := t.Report(0)
	if err != nil {
		return err
	}
	r.WriteTable(s.out)
	report := filepath.Join(f.Dir, "report.html")
	fmt.Fprintf(s.out, "report: %s\n", report)
	return writeReport(t, r, report)
}

// claimed is how many good photos a calibration takes at least: fewer claim an
// overkill of a quarter or more.
const claimed = 12

// next says what to do now.
func (c *initCommand) next(s *streams, f *starter.Folder) error {
	quoted := func(path string) string {
		if strings.ContainsAny(path, " '\"$&()") {
			return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
		}
		return path
	}
	flags := func(name string, dirs []string) (text string) {
		for _, dir := range dirs {
			text += " " + name + " " + quoted(dir)
		}
		return text
	}
	encoder, model := c.model(), ""
	for _, flag := range []struct{ name, value string }{{"--bundle", encoder.Bundle}, {"--references-bundle", encoder.References}, {"--provider", encoder.Provider}, {"--precision", encoder.Precision}} {
		if flag.value != "" {
			model += " " + flag.name + " " + quoted(flag.value)
		}
	}
	lines := []string{"edge run --config " + quoted(f.Config) + " # the page: http://127.0.0.1:8080/"}
	if f.In != "" {
		lines = append(lines, "cp PHOTO.jpg "+quoted(f.In)+"/ # or have your camera write there")
	} else {
		lines = append(lines, "edge camera probe "+quoted(capture.Redact(c.Source)))
	}
	if len(c.Bad) > 0 && len(f.Measured) >= claimed {
		lines = append(lines, "edge calibrate "+quoted(f.Set)+model+" --references "+quoted(f.References)+flags("--good", c.Good)+flags("--bad", c.Bad)+" --target 'overkill<="+strconv.Itoa(max(5, int(math.Ceil(100*evaluate.LeastClaim(len(f.Measured))))))+"%'")
	} else {
		lines = append(lines, "edge prompts lint "+quoted(f.Set))
	}
	_, err := fmt.Fprintf(s.out, "\nNext:\n  %s\n", strings.Join(lines, "\n  "))
	return err
}
