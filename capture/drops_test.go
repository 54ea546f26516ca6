package capture

import (
	"context"
	"slices"
	"testing"
	"time"
)

// put puts n frames, a tenth of a second apart, from the number after seq.
func put(t *testing.T, slot *Latest, f *Frame, seq *uint64, n int) {
	t.Helper()
	for range n {
		*seq++
		f.Resize(2, 2)
		f.Seq, f.Dropped = *seq, Drops{}
		f.Captured = time.Unix(0, 0).Add(time.Duration(*seq) * time.Second / 10)
		if err := slot.Put(context.Background(), f); err != nil {
			t.Fatal(err)
		}
	}
}

func TestDrops_Newest(t *testing.T) {
	slot, seq := NewLatest(Newest), uint64(0)
	var in, out Frame
	for _, tc := range []struct {
		put  int
		want Drops
	}{{1, Drops{}}, {4, Drops{Overwritten: 3}}, {1, Drops{}}} {
		put(t, slot, &in, &seq, tc.put)
		if err := slot.Take(context.Background(), &out); err != nil || out.Dropped != tc.want {
			t.Errorf("got %v before frame %d (%v), want %v", out.Dropped, out.Seq, err, tc.want)
		}
	}
	if slot.Dropped() != 3 {
		t.Errorf("got %d in all, want 3", slot.Dropped())
	}
}

func TestDrops_Every(t *testing.T) {
	slot, seq := NewLatest(Every), uint64(0)
	var in, out Frame
	for range 5 {
		put(t, slot, &in, &seq, 1)
		if err := slot.Take(context.Background(), &out); err != nil || out.Dropped != (Drops{}) {
			t.Errorf("got %v before frame %d (%v), want none", out.Dropped, out.Seq, err)
		}
	}
	if slot.Dropped() != 0 {
		t.Errorf("got %d in all, want 0", slot.Dropped())
	}
}

// A frame that passes names what the pace left out, and what was overwritten
// before each frame that the pace left out.
func TestDrops_Pace(t *testing.T) {
	slot, seq := NewLatest(Newest), uint64(0)
	slot.End() // so that Take returns where nothing is due
	pace := NewPace(slot, 1)
	var in, out Frame
	var got []Drops
	for range 16 { // of 0.2 s each
		put(t, slot, &in, &seq, 2)
		if pace.Take(context.Background(), &out) == nil {
			got = append(got, out.Dropped)
		}
	}
	want := []Drops{{Overwritten: 1}, {Overwritten: 5, Paced: 4}, {Overwritten: 5, Paced: 4}, {Overwritten: 5, Paced: 4}}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if pace.Dropped() != 12 || slot.Dropped() != 16 {
		t.Errorf("got %d by the pace and %d by the slot in all, want 12 and 16", pace.Dropped(), slot.Dropped())
	}
	if n := testing.AllocsPerRun(50, func() {
		put(t, slot, &in, &seq, 2)
		_ = pace.Take(context.Background(), &out)
	}); n > 0 {
		t.Errorf("got %v allocations a frame, want 0", n)
	}
}
