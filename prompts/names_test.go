package prompts

import (
	"testing"

	"pristine/verdict"
)

// labelledBank compares with good pictures of surface 0 to 0.1, and knows bad ones
// of two kinds, whose worst patch lies in one direction or another.
func labelledBank(t *testing.T, kinds ...string) *Bank {
	t.Helper()
	r := NewReferences("b", nil)
	for _, angle := range []float64{0, 0.04, 0.1} {
		if err := r.Add(look(at(0.3), at(angle), at(0.05), at(0.1), at(0.02))); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 4 {
		for k, kind := range kinds {
			angle := []float64{1.2, -1.2}[k] + 0.02*float64(i)
			if err := r.AddPicture(Reference{Bad: true, Kind: kind, Seen: *look(at(0.3), at(angle), at(0.05), at(0.1), at(0.02))}); err != nil {
				t.Fatal(err)
			}
		}
	}
	b, err := testBank(t).WithReferences(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestNames_LabelsDecide(t *testing.T) {
	b := labelledBank(t, "bump", "scratch")
	for angle, want := range map[float64]verdict.Name{
		1.25:  {Defect: "bump"},
		-1.25: {Defect: "scratch", Severity: b.Set.Defects["scratch"].Severity},
	} {
		var s Scores
		seen := look(at(0.3), at(angle), at(0.05), at(0.1), at(0.02))
		if err := b.Score(seen, &s); err != nil {
			t.Fatal(err)
		}
		if s.Name.Defect != want.Defect || s.Name.Severity != want.Severity || s.Name.By != verdict.ByLabels || !(s.Name.Share >= 0.5) {
			t.Errorf("%v: P(defect) %.2f is named %+v, want %+v", angle, s.Defect, s.Name, want)
		}
		if n := testing.AllocsPerRun(20, func() { _ = b.Score(seen, &s) }); n > 0 {
			t.Errorf("%v: %v allocations a frame", angle, n)
		}
	}
	var s Scores
	if err := b.Score(look(at(0.3), at(0.02), at(0.05), at(0.1), at(0.02)), &s); err != nil || s.Name != (verdict.Name{}) {
		t.Errorf("a part that passes is named %+v, %v", s.Name, err)
	}
}

// Names come back from the file that the references are kept in, and kinds change no
// score.
func TestNames_AreKept(t *testing.T) {
	b := labelledBank(t, "bump", "scratch")
	file := t.TempDir() + "/part.references"
	if err := b.references.Save(file); err != nil {
		t.Fatal(err)
	}
	r, err := LoadReferences(file, "b", nil)
	if err != nil {
		t.Fatal(err)
	}
	again, err := testBank(t).WithReferences(r)
	if err != nil {
		t.Fatal(err)
	}
	var s, first Scores
	seen := look(at(0.3), at(1.25), at(0.05), at(0.1), at(0.02))
	if err := b.Score(seen, &first); err != nil {
		t.Fatal(err)
	}
	if err := again.Score(seen, &s); err != nil || s.Name != first.Name || s.Raw != first.Raw {
		t.Errorf("%+v and %+v, %v", s.Name, first.Name, err)
	}
	for i, p := range r.Pictures() {
		if p.Bad {
			r.SetKind(i, "")
		}
	}
	if without, err := testBank(t).WithReferences(r); err != nil || without.ReferencesHash() != b.ReferencesHash() || without.Labelled() {
		t.Errorf("labels change the hash of references, %v", err)
	}
}

// Without labels a name is what text says, where text says worse of the picture than
// of each good one, and only where one defect has most of it.
func TestNames_TextIsAGuess(t *testing.T) {
	b, err := testBank(t).WithReferences(kept(t, 0, 0.01, 0.02))
	if err != nil {
		t.Fatal(err)
	}
	named := 0
	for _, angle := range []float64{1.5, 0.9, 0.6, 0.1} {
		var s Scores
		if err := b.Score(look(at(angle), at(0), at(0.05), at(0.1), at(angle)), &s); err != nil {
			t.Fatal(err)
		}
		separates := b.references.text.adds(s.Text, TextAuto) > 0
		if want := s.Defect >= b.Set.Thresholds.Review && !s.Unknown && separates && s.topShare >= leastTextShare; (s.Name.Defect == s.Top) != want || want && s.Name.By != verdict.ByText {
			t.Errorf("%v: named %+v; flagged, separates and share are %v, %v, %v", angle, s.Name, s.Defect, separates, s.topShare)
		} else if want {
			named++
		}
	}
	if named == 0 || named == 4 {
		t.Errorf("%d of 4 pictures are named", named)
	}
}
