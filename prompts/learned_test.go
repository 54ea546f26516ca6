package prompts

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
)

// A bank that was rebuilt scores as a fresh one of the same set and the same
// learned parts, to the last bit, however the set came: by an edit of its
// comments, by another set in between, or after a restart.
func TestBank_RebuiltEqualsFresh(t *testing.T) {
	parse := func(text string) *Set {
		set, err := Parse("set.yaml", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return set
	}
	set, other := parse(setFile), parse(strings.Replace(setFile, "text_weight: 0.5", "text_weight: 0.9", 1))
	fresh := func(set *Set) *Bank {
		bank, err := NewBank(context.Background(), set, wordEncoder{}, bundle)
		if err != nil {
			t.Fatal(err)
		}
		return bank
	}
	learned := &Learned{References: kept(t, 0, 0.02, 0.04), Good: kept(t, 0.01, 0.3, 0.1)}
	with := func(set *Set, l *Learned) *Bank {
		bank, err := fresh(set).WithLearned(l)
		if err != nil {
			t.Fatal(err)
		}
		return bank
	}
	rebuilt := func(b *Bank, set *Set) *Bank {
		bank, err := b.Rebuild(context.Background(), set, wordEncoder{})
		if err != nil {
			t.Fatal(err)
		}
		return bank
	}
	restart := func(l *Learned) *Learned {
		dir := t.TempDir()
		again := &Learned{}
		for name, r := range map[string][2]**References{"references": {&l.References, &again.References}, "good": {&l.Good, &again.Good}} {
			file := filepath.Join(dir, name)
			if err := (*r[0]).Save(file); err != nil {
				t.Fatal(err)
			}
			loaded, err := LoadReferences(file, "b", nil)
			if err != nil {
				t.Fatal(err)
			}
			*r[1] = loaded
		}
		return again
	}
	want := with(set, learned)
	for name, got := range map[string]*Bank{
		"a comment was added":  rebuilt(want, parse("# a comment\n"+setFile)),
		"twice":                rebuilt(rebuilt(want, set), set),
		"another set and back": rebuilt(rebuilt(want, other), set),
		"after a restart":      with(set, restart(learned)),
	} {
		for _, angle := range []float64{0, 0.05, 0.2, 0.5, 1} {
			o := look(at(angle), at(angle), at(angle+0.05), at(0.1), at(0.15))
			var a, b Scores
			if err := want.Score(o, &a); err != nil {
				t.Fatal(err)
			}
			if err := got.Score(o, &b); err != nil {
				t.Fatal(err)
			}
			if a.Defect != b.Defect || a.Raw != b.Raw || a.Unknown != b.Unknown {
				t.Errorf("%s, angle %v: P(defect) %v and raw %v, want %v and %v", name, angle, b.Defect, b.Raw, a.Defect, a.Raw)
			}
		}
	}
	var plain, calibrated Scores
	uncalibrated, err := fresh(set).WithReferences(learned.References)
	if err != nil {
		t.Fatal(err)
	}
	o := look(at(0.3), at(0.3), at(0.35), at(0.1), at(0.15))
	if err := uncalibrated.Score(o, &plain); err != nil {
		t.Fatal(err)
	}
	if err := want.Score(o, &calibrated); err != nil {
		t.Fatal(err)
	}
	if plain.Defect == calibrated.Defect {
		t.Errorf("the further good parts set no scale: P(defect) is %v with and without them", plain.Defect)
	}
}
