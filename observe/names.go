package observe

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"pristine/names"
	"pristine/prompts"
)

// Label labels files of good or bad parts. A bad one has the given kind or, without one,
// the name of its subfolder directly below one of the given folders.
func Label(files, folders []string, bad bool, kind string) []Labelled {
	all := make([]Labelled, len(files))
	for i, file := range files {
		all[i] = Labelled{File: file, Bad: bad, Kind: kind}
		if !bad || kind != "" {
			continue
		}
		for _, folder := range folders {
			inside, err := filepath.Rel(folder, file)
			if err != nil || strings.HasPrefix(inside, "..") {
				continue
			}
			if below, _, deeper := strings.Cut(filepath.ToSlash(inside), "/"); deeper {
				all[i].Kind = below
			}
		}
	}
	return all
}

// NamesText describes whether a set names defects by its labelled references, and the
// cross-validation result. It returns "" if no bad reference has a kind.
func (m *Model) NamesText(ctx context.Context, set *prompts.Set, r *prompts.References) (string, error) {
	if !slices.ContainsFunc(r.Pictures(), func(p prompts.Reference) bool { return p.Kind != "" }) {
		return "", nil
	}
	bank, err := prompts.NewBank(ctx, set, m.Texts, m.Info())
	if err == nil {
		bank, err = bank.WithReferences(r)
	}
	if err != nil {
		return "", err
	}
	c := bank.Names()
	if c == nil {
		return fmt.Sprintf("defects get no name: it takes two kinds of bad pictures, and %d of each", names.Least), nil
	}
	check := c.Check()
	if !check.Apart {
		return fmt.Sprintf("defects get no name: the kinds cannot be told apart (left out in turn, %d of %d bad pictures get their own)", check.Right, check.Of), nil
	}
	var few []string
	for kind, n := range c.Kinds() {
		if n < names.Least {
			few = append(few, kind)
		}
	}
	slices.Sort(few)
	text := fmt.Sprintf("defects are named by %d kinds: left out in turn, %d of %d bad pictures get their own", len(c.Kinds())-len(few), check.Right, check.Of)
	if len(few) > 0 {
		text += fmt.Sprintf("; not named, with fewer than %d pictures: %s", names.Least, strings.Join(few, ", "))
	}
	return text, nil
}
