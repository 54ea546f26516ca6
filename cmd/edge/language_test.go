package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"pristine/infer"
	"pristine/prompts"
)

// Bundle pocket 1.3.0 reaches 45; the floor leaves five to a retraining.
func TestNonsenseIsUnknownAndConditionsAreNot(t *testing.T) {
	e, err := openEngine("models/pocket", infer.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.close()
	unknown := func(good, bad string) bool {
		set, err := prompts.Parse("set.yaml", fmt.Appendf(nil, "name: x\npristine: [%q]\ndefects: {bad: {prompts: [%q]}}\ntemplates: [\"{}\"]\n", good, bad))
		if err != nil {
			t.Fatal(err)
		}
		b, err := prompts.NewBank(context.Background(), set, e.texts, e.info())
		if err != nil {
			t.Fatal(err)
		}
		shapes := e.images.Shapes()
		o := prompts.Observation{
			Bundle: e.bundle.Hash, Embedding: make([]float32, e.info().Dim), PatchGrid: shapes.PatchGrid,
			Patches: make([]float32, shapes.PatchGrid[0]*shapes.PatchGrid[1]*e.info().Dim),
		}
		var s prompts.Scores
		if err := b.Score(&o, &s); err != nil {
			t.Fatal(err)
		}
		return s.Unknown
	}
	data, err := os.ReadFile("training/offdomain.txt")
	if err != nil {
		t.Fatal(err)
	}
	pairs := strings.Split(strings.TrimSpace(string(data)), "\n")
	found := 0
	for _, pair := range pairs {
		good, bad, _ := strings.Cut(pair, " | ")
		if unknown(good, bad) {
			found++
		} else {
			t.Logf("not unknown: %s", pair)
		}
	}
	t.Logf("%d of %d off-domain pairs are unknown", found, len(pairs))
	if len(pairs) != 50 || found < 40 {
		t.Errorf("%d of %d off-domain pairs are unknown, want 40 of 50", found, len(pairs))
	}
	for _, pair := range [][2]string{
		{"a flawless phone screen", "a cracked phone screen"}, {"a perfect gear", "a gear with a broken tooth"},
		{"a clean lens", "a dirty lens"}, {"an intact bottle", "a leaking bottle"},
	} {
		if unknown(pair[0], pair[1]) {
			t.Errorf("%q against %q is unknown", pair[0], pair[1])
		}
	}
}
