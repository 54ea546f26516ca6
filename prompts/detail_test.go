package prompts

import (
	"errors"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// detailed is look with 16 finer patches over the four: all at the angle, but for
// the last.
func detailed(angle, last float64) *Observation {
	o := look(at(angle), at(angle), at(angle), at(angle), at(angle))
	o.Detail, o.FineGrid = 2, [2]int{4, 4}
	for range 15 {
		o.Fine = append(o.Fine, at(angle)...)
	}
	o.Fine = append(o.Fine, at(last)...)
	for range Turns {
		o.Turned, o.FineTurned = append(o.Turned, o.Features...), append(o.FineTurned, o.Fine...)
	}
	return o
}

func detailedReferences(t *testing.T, angles ...float64) *References {
	t.Helper()
	r := NewReferences("b", nil)
	for _, a := range angles {
		if err := r.AddPicture(Reference{Name: "r", SHA: "r", Seen: *detailed(a, a)}); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

func detailBank(t *testing.T, option Detail, turned Turned, r *References) *Bank {
	t.Helper()
	plain := testBank(t)
	plain.Set.Detail, plain.Set.Turned = option, turned
	b, err := plain.WithReferences(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestDetailShowsWhatTheWholePictureDoesNot(t *testing.T) {
	for _, angles := range [][]float64{{0}, {0, 0.02}, {0, 0.02, 0.04, 0.06}} {
		for _, turned := range []Turned{TurnedNever, TurnedAlways} {
			r := detailedReferences(t, angles...)
			small := detailed(0.01, 0.9)
			for option, want := range map[Detail]bool{DetailAuto: true, 2: true, 1: false} {
				b := detailBank(t, option, turned, r)
				var good, bad Scores
				if err := errors.Join(b.Score(detailed(0.01, 0.01), &good), b.Score(small, &bad)); err != nil {
					t.Fatal(err)
				}
				if seen := bad.Raw > good.Raw+1; seen != want {
					t.Errorf("%d references, detail %s, turned %s: good %.3f, bad %.3f", len(angles), option, turned, good.Raw, bad.Raw)
				}
				grid, detail := [2]int{4, 4}, 2
				if !want {
					grid, detail = [2]int{2, 2}, 1
				}
				if bad.MapGrid != grid || b.Detail() != detail || b.Needs() != (Needs{Detail: detail}) {
					t.Errorf("detail %s: a map of %v at detail %d, needs %+v", option, bad.MapGrid, b.Detail(), b.Needs())
				}
				if want && !slices.Equal(bad.Map[15:], []float32{slices.Max(bad.Map)}) {
					t.Errorf("detail %s: the worst place is not the defect: %v", option, bad.Map)
				}
				if n := testing.AllocsPerRun(20, func() { _ = b.Score(small, &bad) }); n > 0 {
					t.Errorf("detail %s: %v allocations a frame", option, n)
				}
			}
		}
	}
}

// The whole picture's scale is never dropped.
func TestTheWholePictureCountsBesideItsDetail(t *testing.T) {
	b := detailBank(t, 2, TurnedNever, detailedReferences(t, 0, 0.02, 0.04, 0.06))
	large := detailed(0.01, 0.01)
	copy(large.Features[9:], at(0.9))
	var good, bad Scores
	if err := errors.Join(b.Score(detailed(0.01, 0.01), &good), b.Score(large, &bad)); err != nil {
		t.Fatal(err)
	}
	if bad.Raw < good.Raw+1 {
		t.Errorf("good %.3f, bad %.3f", good.Raw, bad.Raw)
	}
}

func TestReferencesThatWereKeptWithoutDetailAreComparedWithoutIt(t *testing.T) {
	old := kept(t, 0, 0.02, 0.04)
	b := detailBank(t, DetailAuto, TurnedNever, old)
	if detail, why := old.DetailInUse(DetailAuto); b.Detail() != 1 || detail != 1 || !strings.Contains(why, "add the same pictures again") {
		t.Errorf("detail %d, told %d, %q", b.Detail(), detail, why)
	}
	if b.ReferencesHash() != old.Hash() {
		t.Error("an unused detail moves the hash")
	}
	plain := testBank(t)
	plain.Set.Detail = 2
	if _, err := plain.WithReferences(old); !errors.Is(err, ErrNoDetail) || !strings.Contains(err.Error(), "again with edge reference add") {
		t.Errorf("detail: 2 gave %v", err)
	}
	for i := range old.Pictures() {
		o := detailed(0.02*float64(i), 0.02*float64(i))
		if err := old.AddFine(i, o); err != nil {
			t.Fatal(err)
		}
	}
	if got := detailBank(t, DetailAuto, TurnedNever, old).Detail(); got != 2 {
		t.Errorf("detail %d after it was added", got)
	}
	if err := old.Add(detailed(0, 0)); err != nil {
		t.Fatal(err)
	}
	mixed := detailed(0, 0)
	mixed.Fine, mixed.FineTurned, mixed.Detail = nil, nil, 1
	if err := old.Add(mixed); err != nil {
		t.Fatal(err)
	}
	if got := detailBank(t, DetailAuto, TurnedNever, old).Detail(); got != 1 {
		t.Errorf("detail %d where one picture has none", got)
	}
}

func TestDetailComesBackFromTheFile(t *testing.T) {
	r := detailedReferences(t, 0, 0.02, 0.04)
	file := filepath.Join(t.TempDir(), "set.references")
	if err := r.Save(file); err != nil {
		t.Fatal(err)
	}
	again, err := LoadReferences(file, "b", nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, turned := range []Turned{TurnedNever, TurnedAlways} {
		before, after := detailBank(t, 2, turned, r), detailBank(t, 2, turned, again)
		if before.ReferencesHash() != after.ReferencesHash() {
			t.Errorf("turned %s: another hash", turned)
		}
		var a, b Scores
		if err := errors.Join(before.Score(detailed(0.01, 0.5), &a), after.Score(detailed(0.01, 0.5), &b)); err != nil || a.Raw != b.Raw {
			t.Errorf("turned %s: %v, then %v: %v", turned, a.Raw, b.Raw, err)
		}
	}
}

// A calibration at one detail holds at no other.
func TestAnotherDetailIsAnotherHash(t *testing.T) {
	r := detailedReferences(t, 0, 0.02, 0.04)
	whole, fine := detailBank(t, 1, TurnedNever, r).ReferencesHash(), detailBank(t, 2, TurnedNever, r).ReferencesHash()
	if whole == fine || whole != r.Hash() {
		t.Errorf("whole %s, in detail %s", whole, fine)
	}
	v := Validation{Bundle: "b", Set: testBank(t).Set.Hash(), References: whole}
	if why := v.Holds(testBank(t).Set, "b", fine); !strings.Contains(why, "detail") {
		t.Errorf("it holds: %q", why)
	}
}

func TestAPictureOfAnotherDetailIsRefused(t *testing.T) {
	b := detailBank(t, 2, TurnedNever, detailedReferences(t, 0, 0.02, 0.04))
	var s Scores
	if err := b.Score(look(at(0), at(0), at(0), at(0), at(0)), &s); err == nil || !strings.Contains(err.Error(), "detail: 1, the references need detail: 2") {
		t.Errorf("%v", err)
	}
}

func TestDetailThatFitsNoPictureIsRefused(t *testing.T) {
	for name, change := range map[string]func(o *Observation){
		"too few numbers":        func(o *Observation) { o.Fine = o.Fine[:9] },
		"a grid that is coarser": func(o *Observation) { o.FineGrid, o.Fine = [2]int{1, 1}, o.Fine[:3] },
		"no detail":              func(o *Observation) { o.Detail = 1 },
		"half turned":            func(o *Observation) { o.FineTurned = o.FineTurned[:48] },
		"no number":              func(o *Observation) { o.Fine[7] = float32(math.NaN()) },
	} {
		o := detailed(0, 0)
		change(o)
		if err := NewReferences("b", nil).Add(o); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// Where good parts differ from one another, a new one may differ, too.
func TestWhatDiffersAmongGoodPartsCountsForLess(t *testing.T) {
	r := NewReferences("b", nil)
	for _, a := range []float64{0, 0.02, 0.04, 0.3} { // the first patch differs
		if err := r.Add(look(at(0), at(-0.5-a), at(0.8), at(0.81), at(0.82))); err != nil {
			t.Fatal(err)
		}
	}
	b := detailBank(t, 1, TurnedNever, r)
	var there, elsewhere Scores
	if err := errors.Join(b.Score(look(at(0), at(-0.95), at(0.8), at(0.81), at(0.82)), &there), b.Score(look(at(0), at(-0.5), at(0.8), at(0.81), at(0.97)), &elsewhere)); err != nil {
		t.Fatal(err)
	}
	if there.Reference >= elsewhere.Reference {
		t.Errorf("where good parts differ %.3f, elsewhere as far %.3f", there.Reference, elsewhere.Reference)
	}
}

func TestCellsOfOneGridLieInAnother(t *testing.T) {
	for index, want := range map[int]int{0: 0, 1: 0, 2: 1, 3: 1, 4: 0, 8: 2, 10: 3, 15: 3} {
		if got := cell(index, [2]int{4, 4}, [2]int{2, 2}); got != want {
			t.Errorf("%d lies in %d, want %d", index, got, want)
		}
	}
}
