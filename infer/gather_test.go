package infer

import (
	"runtime"
	"slices"
	"testing"
)

// Pictures that wait are taken in the order in which they came, whoever's they are: no
// camera starves, and none overtakes. Lanes share them.
func TestGather_InOrderAndEvenly(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	e := withLanes(t)
	for name, c := range map[string]struct {
		perRun  int
		lane    bool
		waiting []int // pictures of each batch
		want    []int // batches of each run, until none wait
	}{
		"a small model, in lanes":        {1, true, []int{1, 1, 1}, []int{1, 1, 1}},
		"a large model, in lanes":        {8, true, []int{1, 1, 1, 1, 1, 1, 1}, []int{4, 2, 1}},
		"one that waits":                 {8, true, []int{1}, []int{1}},
		"beyond what a run takes":        {2, true, []int{1, 1, 1, 1, 1, 1, 1}, []int{2, 2, 2, 1}},
		"several of one call":            {8, true, []int{8, 1}, []int{1, 1}},
		"over all cores, as many as fit": {4, false, []int{1, 1, 1, 1, 1, 1}, []int{4, 2}},
	} {
		e.perRun, e.waiting = c.perRun, nil
		var order []*batch
		for _, n := range c.waiting {
			b := &batch{n: n, lane: c.lane}
			order = append(order, b)
			e.waiting = append(e.waiting, b)
		}
		var runs []int
		var took []*batch
		for len(e.waiting) > 0 {
			first := e.waiting[0]
			e.gather(first)
			total := 0
			for _, b := range first.joined {
				total += b.n
			}
			if first.joined[0] != first || first.total != total || total > max(c.perRun, first.n) {
				t.Errorf("%s: a run of %d batches, %d pictures of %d; want first.joined[0] == first, first.total == total, total <= max(c.perRun, first.n)", name, len(first.joined), first.total, total)
			}
			runs, took = append(runs, len(first.joined)), append(took, first.joined...)
		}
		if !slices.Equal(took, order) {
			t.Errorf("%s: the order changed", name)
		}
		if !slices.Equal(runs, c.want) {
			t.Errorf("%s: runs of %v batches, want %v", name, runs, c.want)
		}
	}
}

// Pictures that are joined in a lane have the same numbers as alone.
func TestLanes_JoinedPicturesHaveTheSameNumbers(t *testing.T) {
	e := withLanes(t)
	const n = 3
	pictures, alone := squares(n)
	var all []*batch
	for i := range pictures {
		if err := e.run(pictures[i:i+1], alone[i:i+1], true, new(Timing)); err != nil {
			t.Fatal(err)
		}
		b, err := e.borrow(1)
		if err != nil {
			t.Fatal(err)
		}
		b.lane = true
		e.prepare(&pictures[i], b.pixels)
		all = append(all, b)
	}
	all[0].joined, all[0].total = all, n
	if err := e.runJoined(all[0]); err != nil {
		t.Fatal(err)
	}
	for i, b := range all {
		var joined Output
		b.copyTo(0, &joined, e)
		e.giveBack(b)
		for name, pair := range map[string][2][]float32{"embedding": {alone[i].Embedding, joined.Embedding}, "features": {alone[i].PatchFeatures, joined.PatchFeatures}} {
			if c := cosine(pair[0], pair[1]); len(pair[0]) != len(pair[1]) || c < 0.99999 {
				t.Errorf("picture %d: the %s of a joined run have the cosine %.6f to those alone", i, name, c)
			}
		}
	}
}
