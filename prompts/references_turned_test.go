package prompts

import (
	"errors"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// lying are references of patches at those angles; turned, each patch has moved
// by so much.
func lying(t *testing.T, by float64, angles ...float64) *References {
	t.Helper()
	r := NewReferences("b", nil)
	for _, a := range angles {
		o := look(at(a), at(a), at(a+0.05), at(0.1), at(0.15))
		for range Turns {
			o.Turned = append(o.Turned, slices.Concat(at(a+by), at(a+0.05+by), at(0.1+by), at(0.15+by))...)
		}
		if err := r.AddPicture(Reference{Name: "r", SHA: "r", Seen: *o}); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

func turnedBank(t *testing.T, option Turned, r *References) *Bank {
	t.Helper()
	plain := testBank(t)
	plain.Set.Turned = option
	b, err := plain.WithReferences(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestTurnedReferencesAreUsedWhereNothingTellsHowAPartLies(t *testing.T) {
	for _, c := range []struct {
		name   string
		option Turned
		by     float64
		angles []float64
		want   bool
	}{
		{"lies anyhow", TurnedAuto, 0, []float64{0, 0.03, 0.06}, true},
		{"has an up", TurnedAuto, 0.5, []float64{0, 0.03, 0.06}, false},
		{"one tells nothing", TurnedAuto, 0, []float64{0}, false},
		{"two tell too little", TurnedAuto, 0, []float64{0, 0.03}, false},
		{"never", TurnedNever, 0, []float64{0, 0.03, 0.06}, false},
		{"always", TurnedAlways, 0.5, []float64{0, 0.03, 0.06}, true},
		{"always, with one", TurnedAlways, 0.5, []float64{0}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := lying(t, c.by, c.angles...)
			b := turnedBank(t, c.option, r)
			told, err := r.TurnedInUse(c.option)
			if b.Turned() != c.want || told != c.want || err != nil {
				t.Errorf("in use: %v, told %v, %v", b.Turned(), told, err)
			}
			turned := look(at(0.5), at(0.5), at(0.55), at(0.6), at(0.65))
			var with, without Scores
			if err := errors.Join(b.Score(turned, &with), turnedBank(t, TurnedNever, r).Score(turned, &without)); err != nil {
				t.Fatal(err)
			}
			if nearer := with.Reference < without.Reference-1; nearer != (c.want && c.by > 0) {
				t.Errorf("a picture turned scores %.3f, without turned references %.3f", with.Reference, without.Reference)
			}
			if n := testing.AllocsPerRun(20, func() { _ = b.Score(turned, &with) }); n > 0 {
				t.Errorf("%v allocations a frame", n)
			}
		})
	}
}

// A calibration with turned references holds for no bank without them.
func TestAnotherUseOfTurnedReferencesIsAnotherHash(t *testing.T) {
	r := lying(t, 0.1, 0, 0.03, 0.06)
	never, always := turnedBank(t, TurnedNever, r).ReferencesHash(), turnedBank(t, TurnedAlways, r).ReferencesHash()
	if never != kept(t, 0, 0.03, 0.06).Hash() || never == always {
		t.Errorf("as they are %s, turned %s", never, always)
	}
	if other := turnedBank(t, TurnedAlways, lying(t, 0.2, 0, 0.03, 0.06)).ReferencesHash(); other == always {
		t.Error("what they look like turned does not move the hash")
	}
	v := Validation{Bundle: "b", Set: testBank(t).Set.Hash(), References: never}
	if why := v.Holds(testBank(t).Set, "b", always); !strings.Contains(why, "turned") {
		t.Errorf("it holds: %q", why)
	}
}

// A single reference that is turned is not lacking.
func TestWithOneReferenceAPartThatLiesTurnedIsNotUnknown(t *testing.T) {
	b := turnedBank(t, TurnedAlways, lying(t, 0.5, 0))
	var turned, other Scores
	if err := errors.Join(b.Score(look(at(0.5), at(0.5), at(0.55), at(0.6), at(0.65)), &turned), b.Score(look(at(1.4), at(1.4), at(1.4), at(1.4), at(1.4)), &other)); err != nil {
		t.Fatal(err)
	}
	if turned.Unknown || !other.Unknown {
		t.Errorf("unknown: turned %v, another part %v", turned.Unknown, other.Unknown)
	}
}

func TestFilesWithoutTurnedReferencesStillLoad(t *testing.T) {
	file := filepath.Join(t.TempDir(), "set.references")
	if err := kept(t, 0, 0.01, 0.02).Save(file); err != nil {
		t.Fatal(err)
	}
	old, err := LoadReferences(file, "b", nil)
	if err != nil {
		t.Fatal(err)
	}
	if turnedBank(t, TurnedAuto, old).Turned() {
		t.Error("they are turned")
	}
	plain := testBank(t)
	plain.Set.Turned = TurnedAlways
	if _, err := plain.WithReferences(old); !errors.Is(err, ErrNotTurned) || !strings.Contains(err.Error(), "again with edge reference add") {
		t.Errorf("always gave %v", err)
	}
	for i, p := range lying(t, 0.5, 0, 0.01, 0.02).Pictures() {
		if err := old.AddTurned(i, p.Seen.Turned); err != nil {
			t.Fatal(err)
		}
	}
	if err := old.Save(file); err != nil {
		t.Fatal(err)
	}
	again, err := LoadReferences(file, "b", nil)
	if err != nil {
		t.Fatal(err)
	}
	if want := turnedBank(t, TurnedAlways, old).ReferencesHash(); turnedBank(t, TurnedAlways, again).ReferencesHash() != want {
		t.Error("they come back otherwise")
	}
}

func TestTurnedFeaturesThatFitNoPictureAreRefused(t *testing.T) {
	r := kept(t, 0)
	if err := r.AddTurned(0, make([]float32, 5)); err == nil {
		t.Error("too few were taken")
	}
	bad := make([]float32, Turns*4*3)
	bad[7] = float32(math.NaN())
	if err := r.AddTurned(0, bad); err == nil {
		t.Error("what is no number was taken")
	}
	tiles := NewReferences("b", nil)
	if err := tiles.Add(&Observation{Bundle: "b", Embedding: at(0), TileGrid: [2]int{2, 2}, Tiles: slices.Concat(at(0), at(0), at(0), at(0))}); err != nil {
		t.Fatal(err)
	}
	if _, err := tiles.TurnedInUse(TurnedAlways); !errors.Is(err, ErrNotTurned) || !strings.Contains(err.Error(), "tiles are not rotated") {
		t.Errorf("tiles gave %v", err)
	}
}
