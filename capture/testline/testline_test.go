package testline

import (
	"bytes"
	"context"
	"crypto/sha256"

	"errors"
	"io"
	"maps"
	"slices"
	"testing"

	"pristine/capture"
)

func options(t *testing.T, address string) Options {
	t.Helper()
	o, err := Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// run reads a line to its end.
func run(t *testing.T, o Options, each func(f *capture.Frame)) {
	t.Helper()
	l := Open(o)
	defer l.Close()
	var f capture.Frame
	for {
		err := l.Read(context.Background(), &f)
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		each(&f)
	}
}

func TestTheSameSeedGivesTheSameFrames(t *testing.T) {
	sum := func(address string) string {
		h := sha256.New()
		run(t, options(t, address), func(f *capture.Frame) { _, _ = h.Write(f.Pix) })
		return string(h.Sum(nil))
	}
	a := sum("testline://?fps=0&parts=1&speed=120&seed=5")
	if sum("testline://?fps=0&parts=1&speed=120&seed=5") != a {
		t.Error("one seed gave two pictures")
	}
	if sum("testline://?fps=0&parts=1&speed=120&seed=6") == a {
		t.Error("two seeds gave one picture")
	}
}

func TestEachPartIsNamedOnceAndEnds(t *testing.T) {
	var parts, ends []string
	run(t, options(t, "testline://?fps=0&speed=100&parts=3"), func(f *capture.Frame) {
		if f.Part != "" && (len(parts) == 0 || parts[len(parts)-1] != f.Part) {
			parts = append(parts, f.Part)
		}
		if f.PartEnd {
			ends = append(ends, f.Part)
		}
	})
	want := []string{"flange-00001", "flange-00002", "flange-00003"}
	if !slices.Equal(parts, want) || !slices.Equal(ends, want) {
		t.Errorf("parts %v, ends %v", parts, ends)
	}
}

func TestTruthHasTheRateAndTheGoodFirst(t *testing.T) {
	o := options(t, "testline://?seed=3&defect_rate=0.2&good_first=50")
	bad, kinds := 0, map[string]bool{}
	for i := range 2050 {
		p, ok := Truth(o, partID(o, i))
		if !ok {
			t.Fatal(partID(o, i))
		}
		if p.Defect == "" {
			continue
		}
		if i < 50 {
			t.Errorf("%s is defective, but among the first", p.ID)
		}
		bad++
		kinds[p.Defect] = true
	}
	if bad < 340 || bad > 460 || len(kinds) != len(defects) {
		t.Errorf("%d of 2000 are defective, of %d kinds; want bad >= 340, bad <= 460, len(kinds) == len(defects)", bad, len(kinds))
	}
	for _, id := range []string{"", "flange-0", "flange-00000", "flange-1", "cap-00001"} {
		if _, ok := Truth(o, id); ok {
			t.Errorf("%q is a part", id)
		}
	}
}

func TestADefectChangesNothingOutsideItsBox(t *testing.T) {
	good, bad := options(t, "testline://?defect_rate=0"), options(t, "testline://?defect_rate=1")
	names := slices.Sorted(maps.Keys(kinds))
	for index := range 8 {
		good.Kind = names[index%len(names)]
		bad.Kind = good.Kind
		a, b := newSprite(good, index), newSprite(bad, index)
		changed := 0
		for i := range a.cover {
			if bytes.Equal(a.pix[3*i:3*i+3], b.pix[3*i:3*i+3]) && a.cover[i] == b.cover[i] {
				continue
			}
			changed++
			if x, y := i%spriteSize, i/spriteSize; x < b.truth.Box.Min.X || x >= b.truth.Box.Max.X || y < b.truth.Box.Min.Y || y >= b.truth.Box.Max.Y {
				t.Fatalf("%s of %s changes (%d, %d), outside %v; want x >= b.truth.Box.Min.X, x < b.truth.Box.Max.X, y >= b.truth.Box.Min.Y, y < b.truth.Box.Max.Y", b.truth.Defect, b.truth.ID, x, y, b.truth.Box)
			}
		}
		if changed < 200 {
			t.Errorf("%s of %s changes only %d pixels", b.truth.Defect, b.truth.ID, changed)
		}
	}
}

func TestAFrameAllocatesNothing(t *testing.T) {
	l := Open(options(t, "testline://?fps=0&speed=1"))
	defer l.Close()
	var f capture.Frame
	if err := l.Read(context.Background(), &f); err != nil {
		t.Fatal(err)
	}
	if n := testing.AllocsPerRun(20, func() { _ = l.Read(context.Background(), &f) }); n > 0 {
		t.Errorf("%v allocations a frame", n)
	}
}

func TestStoppingWhileWaiting(t *testing.T) {
	l := Open(options(t, "testline://?fps=0.01"))
	defer l.Close()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := l.Read(ctx, &capture.Frame{}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestEveryMistakeInAnAddress(t *testing.T) {
	_, err := Parse("testline://?fps=-1&sed=3&defect_rate=many")
	want := `testline: defect_rate must be a number from 0 to 1 (got "many")
testline: fps must be a number from 0 to 240 (got "-1")
testline: unknown option "sed": seed, fps, speed, defect_rate, good_first, parts, kind, unnamed, after, drift, shake, blur, dropouts are known`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func BenchmarkRead(b *testing.B) {
	o := Default()
	o.FPS = 0
	l := Open(o)
	defer l.Close()
	var f capture.Frame
	b.ReportAllocs()
	for b.Loop() {
		_ = l.Read(context.Background(), &f)
	}
}
