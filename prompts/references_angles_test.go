package prompts

import (
	"errors"
	"path/filepath"
	"testing"
)

// anyhowLying are references of patches at those angles, that have patches at other
// angles, too.
func anyhowLying(t *testing.T, others []float64, angles ...float64) *References {
	t.Helper()
	r := lying(t, 2, angles...)
	var rows []float32
	for _, a := range others {
		rows = append(rows, at(a)...)
	}
	for i := range angles {
		if err := r.AddAngled(i, rows, nil); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

// References count at every angle where that brings them nearer to one another.
func TestAnglesAreInUseWhereTheyBringReferencesNearer(t *testing.T) {
	apart := []float64{0, 0.3, 0.6} // as they lie
	for _, c := range []struct {
		name   string
		option Turned
		others []float64
		angles []float64
		want   bool
	}{
		{"lies at any angle", TurnedAuto, []float64{0, 0.3, 0.6}, apart, true},
		{"has an up", TurnedAuto, []float64{2, 2.5}, apart, false},
		{"two tell too little", TurnedAuto, []float64{0, 0.3}, apart[:2], false},
		{"never", TurnedNever, []float64{0, 0.3, 0.6}, apart, false},
		{"always", TurnedAlways, []float64{2, 2.5}, apart, true},
		{"none are kept", TurnedAlways, nil, apart, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := anyhowLying(t, c.others, c.angles...)
			use, err := r.AnglesInUse(c.option)
			b := turnedBank(t, c.option, r)
			if use != c.want || err != nil || (b.Angles() == 1+len(Angles())) != c.want {
				t.Errorf("in use: %v, %d angles, %v", use, b.Angles(), err)
			}
			var s Scores
			o := look(at(0.5), at(0.5), at(0.55), at(0.6), at(0.65))
			if err := b.Score(o, &s); err != nil {
				t.Fatal(err)
			}
			if n := testing.AllocsPerRun(20, func() { _ = b.Score(o, &s) }); n > 0 {
				t.Errorf("%v allocations a frame", n)
			}
		})
	}
}

// What is shown at other angles is kept in the file and moves the hash where it is
// in use; without it the hash is that of before.
func TestAnglesAreKeptAndHashed(t *testing.T) {
	r := anyhowLying(t, []float64{0, 0.3, 0.6}, 0, 0.3, 0.6)
	file := filepath.Join(t.TempDir(), "set.references")
	if err := r.Save(file); err != nil {
		t.Fatal(err)
	}
	again, err := LoadReferences(file, "b", nil)
	if err != nil {
		t.Fatal(err)
	}
	with := turnedBank(t, TurnedAuto, r).ReferencesHash()
	if turnedBank(t, TurnedAuto, again).ReferencesHash() != with {
		t.Error("the file has other references")
	}
	never := turnedBank(t, TurnedNever, r).ReferencesHash()
	r.DropAngled()
	if without := turnedBank(t, TurnedAuto, r).ReferencesHash(); without == with || turnedBank(t, TurnedNever, r).ReferencesHash() != never {
		t.Error("the angles are not in the hash, or in one that does not count them")
	}
}

func TestFarthestRowsAreThoseUnlikeThePicture(t *testing.T) {
	rows := append(append(append([]float32{}, at(0.1)...), at(1)...), at(0.5)...)
	got, err := Farthest(nil, rows, at(0), 3, 2)
	if err != nil || len(got) != 6 || got[0] != at(1)[0] || got[3] != at(0.5)[0] {
		t.Errorf("%v, %v", got, err)
	}
	if got, err := Farthest(nil, rows, at(0), 3, 9); err != nil || len(got) != 9 {
		t.Errorf("of three rows %d numbers: %v", len(got), err)
	}
}

func TestAddAngledRefusesWhatDoesNotFit(t *testing.T) {
	r := lying(t, 0, 0, 0.3, 0.6)
	if err := errors.Join(r.AddAngled(0, make([]float32, 4), nil)); err == nil {
		t.Error("four numbers are no patches of three")
	}
}

func TestNeedsOfSeveralSets(t *testing.T) {
	auto, always, never := Needs{Detail: 2, Finer: true, Angles: TurnedAuto}, Needs{Tiles: 3, Turned: true, Angles: TurnedAlways}, Needs{Angles: TurnedNever}
	if all := auto.And(auto); all != auto {
		t.Errorf("%+v", all)
	}
	if all := never.And(auto).And(always).And(auto).And(never); all != (Needs{Tiles: 3, Detail: 2, Turned: true, Angles: TurnedAlways}) {
		t.Errorf("%+v", all)
	}
}
