package observe

import (
	"context"
	"image"
	"slices"
	"testing"

	"pristine/capture"
	"pristine/capture/testline"
	"pristine/challenge"
	"pristine/infer"
	"pristine/prompts"
	"pristine/verdict"
)

// beltParts returns n good parts of the built-in line.
func beltParts(t *testing.T, n int) []capture.Frame {
	t.Helper()
	source := testline.Open(testline.Options{Seed: 7, Speed: 60, Kind: "flange"})
	defer source.Close()
	var all []capture.Frame
	var f capture.Frame
	last, frames := "", 0
	for len(all) < n {
		if err := source.Read(context.Background(), &f); err != nil {
			t.Fatal(err)
		}
		if frames++; f.Part != last {
			last, frames = f.Part, 1
		}
		if f.Part == "" || frames != 3 {
			continue
		}
		part := f
		part.Pix = slices.Clone(f.Pix)
		all = append(all, part)
	}
	return all
}

// beltBank learns from good parts, half of them references.
func beltBank(t *testing.T, m *Model, view View, good []capture.Frame) *prompts.Bank {
	t.Helper()
	bank, err := m.Bank(context.Background(), "configs/prompts/flange.yaml")
	if err != nil {
		t.Fatal(err)
	}
	learned := prompts.Learned{References: prompts.NewReferences(m.Bundle.Hash, m.Matcher), Good: prompts.NewReferences(m.Bundle.Hash, m.Matcher)}
	encoder := m.NewEncoder(view)
	for i := range good {
		var o prompts.Observation
		to := learned.Good
		err := encoder.Encode(context.Background(), &good[i], &o)
		if i%2 == 0 {
			to = learned.References
			if err == nil {
				err = encoder.ObserveTurned(context.Background(), &good[i], &o)
			}
		}
		if err == nil {
			err = to.Add(&o)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if bank, err = bank.WithLearned(&learned); err != nil {
		t.Fatal(err)
	}
	return bank
}

// Planted defects are found where they are, and their length is told to about a
// cell of the map; a good part that passes has no place, and its map no red.
func TestPlaces_LieOnTheDefects(t *testing.T) {
	m, err := Open("models/pocket", infer.Options{MaxBatch: 8})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	view := View{Region: testline.Window(), MMPerPixel: 0.1}
	const good = 24
	parts := beltParts(t, good+8)
	bank := beltBank(t, m, view, parts[:good])
	encoder := m.NewEncoder(view)
	var o prompts.Observation
	var s prompts.Scores
	score := func(f *capture.Frame) verdict.Verdict {
		t.Helper()
		if err := encoder.Encode(context.Background(), f, &o); err != nil {
			t.Fatal(err)
		}
		if err := bank.Score(&o, &s); err != nil {
			t.Fatal(err)
		}
		v, _ := verdict.Decide(s.Judged(), bank.Thresholds())
		return v
	}
	var pictures []*challenge.Picture
	for i := range parts[good:] {
		f := &parts[good+i]
		pictures = append(pictures, view.Challenged(f.Part, f.Pix, f.Width, f.Height))
		if score(f) == verdict.Pass {
			if levels := bank.Heat(&s, nil); len(s.Places) > 0 || slices.Max(levels) > 0.5 {
				t.Errorf("%s passes with %d places and a level of %.2f", f.Part, len(s.Places), slices.Max(levels))
			}
		}
	}
	areas, err := challenge.Parts(pictures)
	if err != nil {
		t.Fatal(err)
	}
	found, hits := 0, 0
	ratios := map[int][]float64{}
	for i, p := range pictures {
		for _, k := range challenge.Kinds() {
			for _, size := range []int{60, 120} {
				planted, ok := challenge.Plant(p, areas[i], k, size, uint64(i))
				if !ok {
					continue
				}
				f := parts[good+i]
				f.Pix = planted.Picture.Pix
				if score(&f) != verdict.Fail || len(s.Places) == 0 {
					continue
				}
				found++
				worst := s.Places[0]
				box := image.Rect(worst.Box.X, worst.Box.Y, worst.Box.X+worst.Box.Width, worst.Box.Y+worst.Box.Height)
				if box.Overlaps(planted.Box) {
					hits++
					diagonal := max(planted.Box.Dx(), planted.Box.Dy())
					ratios[size] = append(ratios[size], worst.LengthPX/float64(diagonal))
				}
				if worst.LengthMM != worst.LengthPX*0.1 || !box.In(view.Pixels(f.Width, f.Height)) {
					t.Errorf("%+v", worst)
				}
			}
		}
	}
	if found < 40 || 10*hits < 9*found {
		t.Errorf("of %d planted defects that FAIL, the worst place lies on %d, want 9 of 10 of at least 40", found, hits)
	}
	for size, all := range ratios {
		slices.Sort(all)
		t.Logf("of %d px: told length over that of the box, quartiles %.2f %.2f %.2f (%d)", size, all[len(all)/4], all[len(all)/2], all[3*len(all)/4], len(all))
		if middle := all[len(all)/2]; middle < 0.6 || middle > 2.2 {
			t.Errorf("the length of defects of %d px is told as %.2f times that of their box", size, middle)
		}
	}
	t.Logf("%d of %d worst places lie on the defect", hits, found)
}
