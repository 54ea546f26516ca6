package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pristine/challenge"
)

// The command plants into real pictures and judges them by the built-in model, at
// the set's thresholds; the same seed gives the same figures.
func TestChallenge_OfARenderedLot(t *testing.T) {
	t.Parallel()
	page := filepath.Join(t.TempDir(), "challenge.html")
	args := []string{"challenge", "configs/prompts/part.yaml", "--data", "cmd/edge/testdata/lots/bearing-0", "--references", "4", "--pictures", "3", "--kind", "speck", "--kind", "stain", "--size", "4", "--size", "24", "--mm-per-pixel", "0.1", "--format", "json", "--report", page}
	measure := func() (r challenge.Report) {
		t.Helper()
		var out, errs bytes.Buffer
		if code := run(context.Background(), args, &out, &errs); code != exitClean {
			t.Fatalf("exit %d: %s", code, errs.String())
		}
		if err := json.Unmarshal(out.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		return r
	}
	r := measure()
	if !r.Synthetic || r.Good.Total() != 3 || r.References != 4 || len(r.Kinds) != 2 || r.Choice == nil || !r.Choice.Synthetic || r.Choice.Real == nil || r.Choice.Real.Bad == 0 {
		t.Fatalf("%+v; want r.Synthetic, r.Good.Total() == 3, r.References == 4, len(r.Kinds) == 2, r.Choice != nil, r.Choice.Synthetic, r.Choice.Real != nil, r.Choice.Real.Bad != 0", r)
	}
	for _, k := range r.Kinds {
		small, large := k.Sizes[0], k.Sizes[len(k.Sizes)-1]
		if len(k.Sizes) != 2 || large.MM < 2.39 || large.MM > 2.41 || large.AUROC < 0.7 || large.AUROC < small.AUROC {
			t.Errorf("%s: %+v; want len(k.Sizes) == 2, large.MM >= 2.39, large.MM <= 2.41, large.AUROC >= 0.7, large.AUROC >= small.AUROC", k.Kind, k.Sizes)
		}
	}
	if again := measure(); again.AUROC != r.AUROC || again.Escape != r.Escape {
		t.Errorf("the same seed gives an AUROC of %v and %v", r.AUROC, again.AUROC)
	}
	html, err := os.ReadFile(page)
	if err != nil || !strings.Contains(string(html), "every figure is of defects that were planted") {
		t.Errorf("the report: %v", err)
	}
}

func TestChallenge_Mistakes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"no pictures":    {nil, "give the good pictures with --good DIR"},
		"both":           {[]string{"--good", "x", "--data", "y"}, "give the good pictures with --good DIR"},
		"all references": {[]string{"--good", "cmd/edge/testdata/lots/bearing-0/good", "--references", "1000"}, "leaves none to measure"},
		"unknown kind":   {[]string{"--good", "x", "--kind", "rust"}, "--kind"},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			if code := run(context.Background(), append([]string{"challenge", "configs/prompts/part.yaml"}, c.args...), &out, &out); code != exitUsage || !strings.Contains(out.String(), c.want) {
				t.Errorf("exit %d: %s; want 2 and %q", code, out.String(), c.want)
			}
		})
	}
}
