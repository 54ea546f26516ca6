package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"pristine/internal/need"
	"pristine/prompts"
)

// Bundle pocket 1.5.0 reaches 45 by the bare sentences and by the default
// templates around them; the floors leave some to a retraining.
func TestNonsenseIsUnknownAndConditionsAreNot(t *testing.T) {
	t.Parallel()
	need.NoRaceDetector(t)
	e := pocketModel(t)
	unknown := func(good, bad, templates string) bool {
		set, err := prompts.Parse("set.yaml", fmt.Appendf(nil, "name: x\npristine: [%q]\ndefects: {bad: {prompts: [%q]}}\ntemplates: %s\n", good, bad, templates))
		if err != nil {
			t.Fatal(err)
		}
		b, err := prompts.NewBank(context.Background(), set, e.Texts, e.Info())
		if err != nil {
			t.Fatal(err)
		}
		shapes := e.Images.Shapes()
		o := prompts.Observation{
			Bundle: e.Bundle.Hash, Embedding: make([]float32, e.Info().Dim), PatchGrid: shapes.PatchGrid,
			Patches: make([]float32, shapes.PatchGrid[0]*shapes.PatchGrid[1]*e.Info().Dim),
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
	for templates, floor := range map[string]int{"none": 40, "winclip": 38} {
		found := 0
		for _, pair := range pairs {
			good, bad, _ := strings.Cut(pair, " | ")
			if unknown(good, bad, templates) {
				found++
			} else {
				t.Logf("not unknown with templates %s: %s", templates, pair)
			}
		}
		t.Logf("%d of %d off-domain pairs are unknown with templates %s", found, len(pairs), templates)
		if len(pairs) != 50 || found < floor {
			t.Errorf("%d of %d off-domain pairs are unknown with templates %s, want %d of 50", found, len(pairs), templates, floor)
		}
	}
	for _, pair := range [][2]string{
		{"a flawless phone screen", "a cracked phone screen"}, {"a perfect gear", "a gear with a broken tooth"},
		{"a clean lens", "a dirty lens"}, {"an intact bottle", "a leaking bottle"},
		{"fresh bread", "mouldy bread"}, {"a ripe banana", "a bruised banana"}, {"a sealed pouch", "a leaking pouch"},
		{"a straight nail", "a bent nail"},
	} {
		for _, templates := range []string{"none", "winclip"} {
			if unknown(pair[0], pair[1], templates) {
				t.Errorf("%q against %q is unknown with templates %s", pair[0], pair[1], templates)
			}
		}
	}
}
