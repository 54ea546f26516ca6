package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"pristine/infer"
	"pristine/infer/bundle"
	"pristine/internal/printing"
	"pristine/internal/progress"
	"pristine/internal/scored"
	"pristine/internal/usage"
	"pristine/observe"
	"pristine/prompts"
)

// referenceCommand groups the commands for a set's reference pictures.
type referenceCommand struct {
	Add    referenceAddCommand    `cmd:"" help:"Add pictures of good parts to a prompt set as references."`
	List   referenceListCommand   `cmd:"" help:"List the references of a set."`
	Learn  referenceLearnCommand  `cmd:"" help:"Make a camera of a running agent learn its good parts again."`
	Remove referenceRemoveCommand `cmd:"" help:"Remove references of a set."`
}

type referenceAddCommand struct {
	Set          string   `arg:"" help:"Prompt set."`
	Pictures     []string `arg:"" help:"Picture files or folders."`
	Bad          bool     `help:"Add them as examples of defective parts; subfolders name the kinds of defects."`
	Kind         string   `placeholder:"NAME" help:"Kind of their defect, such as scratch; implies --bad."`
	Keep         int      `default:"16" placeholder:"K" help:"Maximum number of good pictures; the most representative ones are chosen (default: ${default})."`
	viewFlags    `embed:""`
	encoderFlags `embed:""`
}

// Help implements kong.HelpProvider.
func (*referenceAddCommand) Help() string {
	return "One good picture helps, four to sixteen help much. Five bad ones of each kind teach what defects are called. Take them with the camera that will inspect, of parts that show how much good parts may differ. " +
		"What they look like to the model is kept beside the set, in my-part.references for my-part.yaml, or in the file that references: names; the pictures themselves are not kept. A running agent uses them when the set is saved again, or when it starts."
}

func (c *referenceAddCommand) Run(ctx context.Context, s *streams) error {
	view, err := c.view()
	if err != nil {
		return err
	}
	files, err := expand(s, c.Pictures)
	if err != nil {
		return usage.Error(err)
	}
	set, err := prompts.Load(c.Set)
	if err != nil {
		return usage.Error(err)
	}
	e, err := c.openPaired(infer.Options{})
	if err != nil {
		return err
	}
	defer e.Close()
	file := set.ReferencesFile(c.Set)
	references, err := prompts.LoadReferences(file, e.Bundle.Hash, e.Matcher)
	if errors.Is(err, os.ErrNotExist) {
		references, err = prompts.NewReferences(e.Bundle.Hash, e.Matcher), nil
	}
	if err != nil {
		return usage.Error(err)
	}
	before := len(references.Pictures())
	bar := progress.Count(s.err, "encoding", len(files))
	added, known, err := e.NewEncoder(view).AddReferences(ctx, references, observe.Label(files, c.Pictures, c.Bad || c.Kind != "", c.Kind), set.Tiles, progress.Advance(bar))
	if err != nil {
		return err
	}
	warnings, err := e.OtherPart(ctx, set, references, before)
	if err != nil {
		return err
	}
	s.warn(warnings, nil)
	dropped, err := references.Keep(c.Keep)
	if err != nil {
		return err
	}
	if err := c.complete(ctx, s, e.NewEncoder(view), references, set, files); err != nil {
		return err
	}
	if err := references.Save(file); err != nil {
		return err
	}
	fmt.Fprintf(s.out, "%s: %s (%d added, %d were there already)\n", file, count(references), added, known)
	if len(dropped) > 0 {
		fmt.Fprintf(s.out, "%d good pictures were left out: the %d kept stand for them (--keep)\n", len(dropped), c.Keep)
	}
	names, err := e.NamesText(ctx, set, references)
	if err != nil {
		return err
	}
	if names != "" {
		fmt.Fprintln(s.out, names)
	}
	_, words := scored.Turned(references, set.Turned)
	fmt.Fprintln(s.out, words)
	detail, words := scored.Detail(references, set.Detail)
	fmt.Fprintln(s.out, words)
	if detail > 1 && len(files) > 0 {
		whole, frame, err := e.EncodeTimes(ctx, view, files[0], prompts.Needs{Tiles: set.Tiles, Detail: detail})
		if err != nil {
			return err
		}
		fmt.Fprintln(s.out, scored.Measured(whole, frame))
	}
	return nil
}

// count describes how many pictures there are of each kind.
func count(r *prompts.References) string {
	good := r.Len()
	return fmt.Sprintf("%d good and %d bad pictures", good, len(r.Pictures())-good)
}

// storedReferences opens a set and its references without a model; they match by m.
func storedReferences(set string, f *pairFlags, m prompts.Matcher) (*prompts.References, *prompts.Set, string, error) {
	loaded, err := prompts.Load(set)
	if err != nil {
		return nil, nil, "", usage.Error(err)
	}
	text, pictures, err := bundle.OpenPair(f.Bundle, f.Features)
	if err != nil {
		return nil, nil, "", usage.Error(err)
	}
	file := loaded.ReferencesFile(set)
	r, err := prompts.LoadReferences(file, bundle.Pair(text, pictures).Hash, m)
	if errors.Is(err, os.ErrNotExist) {
		err = fmt.Errorf("%s has no references: there is no %s: add some with edge reference add %s DIR", set, file, set)
	}
	if err != nil {
		return nil, nil, "", usage.Error(err)
	}
	return r, loaded, file, nil
}

type referenceListCommand struct {
	Set       string `arg:"" help:"Prompt set."`
	Format    string `enum:"table,json" default:"table" help:"table or json (default: ${default})."`
	pairFlags `embed:""`
}

func (c *referenceListCommand) Run(s *streams) error {
	library, err := infer.Load("")
	if err != nil {
		return err
	}
	m, err := infer.NewMatcher(library, infer.Options{})
	if err != nil {
		return err
	}
	defer m.Close()
	r, set, file, err := storedReferences(c.Set, &c.pairFlags, m)
	if err != nil {
		return err
	}
	all := scored.Kept(r, set)
	if c.Format == "json" {
		return printing.JSON(s.out, all)
	}
	scored.WriteKept(s.out, all)
	_, turned := scored.Turned(r, set.Turned)
	_, cost := scored.Detail(r, set.Detail)
	fmt.Fprintf(s.out, "%s: %s\n%s\n%s\n", file, count(r), turned, cost)
	return nil
}

type referenceRemoveCommand struct {
	Set       string   `arg:"" help:"Prompt set."`
	Pictures  []string `arg:"" optional:"" help:"Names or SHA-256 prefixes of pictures, as edge reference list shows them."`
	All       bool     `help:"Remove all of them, with the file."`
	pairFlags `embed:""`
}

func (c *referenceRemoveCommand) Run(s *streams) error {
	if c.All == (len(c.Pictures) > 0) {
		return usage.Error(errors.New("name the pictures to remove, or use --all"))
	}
	if c.All {
		set, err := prompts.Load(c.Set)
		if err != nil {
			return usage.Error(err)
		}
		file := set.ReferencesFile(c.Set)
		if err := os.Remove(file); err != nil {
			return fmt.Errorf("remove references: %w", err)
		}
		fmt.Fprintf(s.out, "%s: removed\n", file)
		return nil
	}
	r, _, file, err := storedReferences(c.Set, &c.pairFlags, nil)
	if err != nil {
		return err
	}
	for _, wanted := range c.Pictures {
		n := r.Remove(func(p prompts.Reference) bool {
			return p.Name == wanted || len(wanted) >= 8 && strings.HasPrefix(p.SHA, strings.ToLower(wanted))
		})
		if n == 0 {
			return usage.Error(fmt.Errorf("remove %s: there is no such reference: edge reference list %s shows them; nothing was removed", wanted, c.Set))
		}
	}
	if r.Len() == 0 {
		return usage.Error(errors.New("this would leave no good picture: use --all to remove all references; nothing was removed"))
	}
	if err := r.Save(file); err != nil {
		return err
	}
	fmt.Fprintf(s.out, "%s: %s\n", file, count(r))
	return nil
}
