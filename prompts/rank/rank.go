package rank

import (
	"maps"
	"slices"
	"strings"

	"pristine/prompts"
)

// Change is how a variant differs from the set.
type Change string

// The changes.
const (
	Drop Change = "drop"
	Add  Change = "add"
)

// Variant is the set with one change.
type Variant struct {
	Change Change
	Kind   prompts.Kind
	Class  string
	Prompt string
	Set    *prompts.Set
}

// candidates are states of many kinds of parts, each with the class that it is added to.
var candidates = []struct {
	kind          prompts.Kind
	class, prompt string
}{
	{prompts.Pristine, "pristine", "flawless {}"},
	{prompts.Pristine, "pristine", "{} without damage"},
	{prompts.Defect, "damage", "damaged {}"},
	{prompts.Defect, "damage", "{} with a defect"},
	{prompts.Defect, "scratch", "{} with a scratch"},
	{prompts.Defect, "crack", "cracked {}"},
	{prompts.Defect, "dent", "dented {}"},
	{prompts.Defect, "stain", "stained {}"},
	{prompts.Defect, "stain", "{} with contamination"},
	{prompts.Defect, "missing", "{} with a missing piece"},
	{prompts.Defect, "missing", "incomplete {}"},
	{prompts.Defect, "hole", "{} with a hole"},
	{prompts.Lookalike, "dust", "dusty {}"},
	{prompts.Lookalike, "glare", "{} with a reflection"},
	{prompts.Lookalike, "water", "wet {}"},
}

// Variants lists the variants: first the set without each of its prompts, in the order
// of the classes, then with each candidate.
func Variants(set *prompts.Set) []Variant {
	all := drops(set, prompts.Pristine, "pristine", set.Pristine, false)
	for _, name := range slices.Sorted(maps.Keys(set.Defects)) {
		all = append(all, drops(set, prompts.Defect, name, set.Defects[name].Prompts, len(set.Defects) > 1)...)
	}
	for _, name := range slices.Sorted(maps.Keys(set.Lookalikes)) {
		all = append(all, drops(set, prompts.Lookalike, name, set.Lookalikes[name].Prompts, true)...)
	}
	for _, c := range candidates {
		if v, ok := add(set, c.kind, c.class, c.prompt); ok {
			all = append(all, v)
		}
	}
	return all
}

// drops makes a variant without each prompt of a class. Dropping the last prompt drops
// the class, if the set remains valid.
func drops(set *prompts.Set, kind prompts.Kind, class string, list []prompts.Prompt, whole bool) []Variant {
	if len(list) == 1 && !whole {
		return nil
	}
	all := make([]Variant, 0, len(list))
	for i, p := range list {
		v := Variant{Drop, kind, class, p.Text, clone(set)}
		rest := slices.Delete(slices.Clone(list), i, i+1)
		switch {
		case kind == prompts.Pristine:
			v.Set.Pristine = rest
		case len(rest) == 0:
			delete(classes(v.Set, kind), class)
		default:
			put(v.Set, kind, class, rest)
		}
		all = append(all, v)
	}
	return all
}

func add(set *prompts.Set, kind prompts.Kind, class, prompt string) (Variant, bool) {
	if has(set, prompt) {
		return Variant{}, false
	}
	_, isDefect := set.Defects[class]
	_, isLookalike := set.Lookalikes[class]
	if kind == prompts.Defect && isLookalike || kind == prompts.Lookalike && isDefect {
		return Variant{}, false // the set uses the name for another kind of class
	}
	v := Variant{Add, kind, class, prompt, clone(set)}
	fresh := prompts.Prompt{Text: prompt, Weight: 1}
	if kind == prompts.Pristine {
		v.Set.Pristine = append(v.Set.Pristine, fresh)
		return v, true
	}
	put(v.Set, kind, class, append(slices.Clone(classes(v.Set, kind)[class].Prompts), fresh))
	return v, true
}

func has(set *prompts.Set, prompt string) bool {
	same := func(p prompts.Prompt) bool { return strings.EqualFold(p.Text, prompt) }
	if slices.ContainsFunc(set.Pristine, same) {
		return true
	}
	for _, list := range []map[string]prompts.State{set.Defects, set.Lookalikes} {
		for _, state := range list {
			if slices.ContainsFunc(state.Prompts, same) {
				return true
			}
		}
	}
	return false
}

func classes(set *prompts.Set, kind prompts.Kind) map[string]prompts.State {
	if kind == prompts.Lookalike {
		return set.Lookalikes
	}
	return set.Defects
}

func put(set *prompts.Set, kind prompts.Kind, class string, list []prompts.Prompt) {
	if set.Lookalikes == nil && kind == prompts.Lookalike {
		set.Lookalikes = map[string]prompts.State{}
	}
	state, known := classes(set, kind)[class]
	if !known {
		state.SetDefaults()
	}
	state.Prompts = list
	classes(set, kind)[class] = state
}

// clone copies what variants change. Measurements of the set are not valid for variants,
// and are removed.
func clone(set *prompts.Set) *prompts.Set {
	c := *set
	c.Pristine = slices.Clone(set.Pristine)
	c.Defects, c.Lookalikes = maps.Clone(set.Defects), maps.Clone(set.Lookalikes)
	c.Calibration, c.Validation = nil, nil
	return &c
}
