package history

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if os.Getenv(victimDir) != "" {
		victim()
		return
	}
	goleak.VerifyTestMain(m)
}

var noon = time.Date(2026, 11, 25, 12, 0, 0, 123, time.UTC)

func open(t testing.TB, o Options) *History {
	t.Helper()
	if o.Dir == "" {
		o.Dir = t.TempDir()
	}
	h, err := Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close() })
	return h
}

// record is the i-th of a line: every tenth fails, every twentieth PASS has a
// picture.
func record(i int) *Record {
	defect := 0.01 * float64(i%100)
	r := &Record{
		Result: Result{
			Event: fmt.Sprintf("K-%d", i), Time: noon.Add(time.Duration(i) * 100 * time.Millisecond), Camera: "belt", Part: fmt.Sprintf("flange-%d", i), Verdict: "PASS", Defect: &defect,
			Review: 0.4, Fail: 0.7, Set: "flange", SetSHA256: "5e7", Bundle: "b", Agreed: 1, Of: 1,
		},
		Scale: 0.01, Vector: []byte{1, 2, byte(i)},
	}
	switch {
	case i%10 == 0:
		r.Verdict, r.Likeliest, r.Severity, r.Thumb, r.Picture, r.Map, r.Data = "FAIL", "scratch", "critical", []byte("thumb"), []byte("picture"), []byte("map"), []byte("{}")
	case i%20 == 1:
		r.Thumb = []byte("thumb")
	}
	return r
}

func fill(t testing.TB, h *History, from, to int) {
	t.Helper()
	for i := from; i < to; i++ {
		h.Add(record(i))
		if i%100 == 99 || i == to-1 {
			if err := h.Flush(context.Background()); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func must[T any](v T, err error) func(t testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestHistory_GivesBackWhatWasAdded(t *testing.T) {
	ctx := context.Background()
	h := open(t, Options{})
	fill(t, h, 0, 200)
	fill(t, h, 10, 12) // again: events are there once
	fails := must(h.Parts(ctx, Filter{Verdicts: []string{"FAIL"}}, 5))(t)
	if len(fails) != 5 || fails[0].Event != "K-190" || fails[4].Event != "K-150" {
		t.Fatalf(`%+v; want len(fails) == 5, fails[0].Event == "K-190", fails[4].Event == "K-150"`, fails)
	}
	want := record(190).Result
	want.ID, want.Pictured = 191, true
	if diff := cmp.Diff(want, fails[0]); diff != "" {
		t.Error(diff)
	}
	one := must(h.Part(ctx, "K-190"))(t)
	if diff := cmp.Diff(&want, one); diff != "" {
		t.Error(diff)
	}
	kept := must(h.Kept(ctx, one.ID))(t)
	if string(kept.Thumb) != "thumb" || string(kept.Picture) != "picture" || string(kept.Map) != "map" || string(kept.Data) != "{}" {
		t.Errorf(`%+v; want string(kept.Thumb) == "thumb", string(kept.Picture) == "picture", string(kept.Map) == "map", string(kept.Data) == "{}"`, kept)
	}
	if _, err := h.Part(ctx, "K-9000"); !errors.Is(err, ErrNoResult) {
		t.Error(err)
	}
	for name, f := range map[string]struct {
		filter Filter
		want   int
	}{
		"all": {Filter{}, 200}, "by part": {Filter{Part: "flange-7"}, 1}, "by camera": {Filter{Period: Period{Camera: "other"}}, 0}, "in time": {Filter{Period: Period{From: noon.Add(time.Second), To: noon.Add(2 * time.Second)}}, 10},
		"older": {Filter{Before: 11}, 10}, "queued": {Filter{Queued: true}, 30}, "two verdicts": {Filter{Verdicts: []string{"FAIL", "PASS"}}, 200}, "labelled": {Filter{Labelled: Good}, 0},
	} {
		if got := must(h.Parts(ctx, f.filter, 1000))(t); len(got) != f.want {
			t.Errorf("%s: %d parts, want %d", name, len(got), f.want)
		}
	}
	counts := must(h.Counts(ctx, Period{From: noon, To: noon.Add(time.Hour)}))(t)
	if diff := cmp.Diff([]Count{{Camera: "belt", Verdict: "PASS", N: 180}, {Camera: "belt", Verdict: "FAIL", Likeliest: "scratch", Severity: "critical", N: 20}}, counts); diff != "" {
		t.Error(diff)
	}
	steps := must(h.Steps(ctx, Period{From: noon, To: noon.Add(time.Hour)}, time.Minute))(t)
	if len(steps) != 1 || steps[0].Judged != 200 || steps[0].Fails != 20 || steps[0].Scored != 200 || steps[0].Margin < 0.204 || steps[0].Margin > 0.206 {
		t.Errorf("%+v; want len(steps) == 1, steps[0].Judged == 200, steps[0].Fails == 20, steps[0].Scored == 200, steps[0].Margin >= 0.204, steps[0].Margin <= 0.206", steps)
	}
	if waiting := must(h.Waiting(ctx))(t); waiting["FAIL"] != 20 || waiting["PASS"] != 10 {
		t.Errorf(`got waiting %+v; want waiting["FAIL"] == 20, waiting["PASS"] == 10`, waiting)
	}
}

func TestHistory_KeepsEmbeddingsByBundle(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	h := open(t, Options{Dir: dir})
	other := record(5)
	other.Event, other.Bundle = "other", "c"
	h.Add(other)
	fill(t, h, 0, 5)
	var got []string
	err := h.EachEmbedding(ctx, "b", 3, func(e *Embedding) error {
		got = append(got, fmt.Sprintf("%s%v%v", e.Event, e.Vector, e.Scale))
		return nil
	})
	if err != nil || strings.Join(got, " ") != "K-2[1 2 2]0.01 K-3[1 2 3]0.01 K-4[1 2 4]0.01" {
		t.Errorf(`got got %+v, err %+v; want err == nil, strings.Join(got, " ") == "K-2[1 2 2]0.01 K-3[1 2 3]0.01 K-4[1 2 4]0.01"`, got, err)
	}
	if bundle, scale, vector, err := h.EmbeddingOf(ctx, 1); err != nil || bundle != "c" || scale != 0.01 || len(vector) != 3 {
		t.Errorf(`got bundle %+v, scale %+v, vector %+v, err %+v; want err == nil, bundle == "c", scale == 0.01, len(vector) == 3`, bundle, scale, vector, err)
	}
	first, err := h.Identity()
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	reader := must(OpenReader(ctx, dir))(t)
	if again := must(reader.Identity())(t); again != first {
		t.Error("another identity after a restart")
	}
	if err := reader.Close(); err != nil {
		t.Error(err)
	}
	if err := os.Remove(filepath.Join(dir, fileName)); err != nil {
		t.Fatal(err)
	}
	if anew := must(open(t, Options{Dir: dir}).Identity())(t); anew == first {
		t.Error("a history that was made anew has the old identity")
	}
}

// Add never waits, whatever the disk does.
func TestHistory_DropsAndCountsWhenTheDiskIsSlow(t *testing.T) {
	block, entered := make(chan struct{}), make(chan struct{}, 1)
	h := open(t, Options{Room: func() bool {
		select {
		case entered <- struct{}{}:
		default:
		}
		<-block
		return true
	}})
	h.Add(record(0))
	<-entered
	const extra = 100
	started := time.Now()
	for i := range queueLength + batchLength + extra {
		h.Add(record(1 + i))
	}
	if took := time.Since(started); took > time.Second {
		t.Errorf("Add waited: %v", took)
	}
	if n := h.Forgotten(); n < extra || n > extra+batchLength {
		t.Errorf("%d dropped", n)
	}
	close(block)
	if err := h.Flush(context.Background()); err != nil {
		t.Fatal(err)
	}
	all := must(h.Parts(context.Background(), Filter{}, 10000))(t)
	if got := uint64(len(all)) + h.Forgotten(); got != queueLength+batchLength+extra+1 {
		t.Errorf("%d kept and %d dropped make %d", len(all), h.Forgotten(), got)
	}
	full := open(t, Options{Room: func() bool { return false }})
	full.Add(record(0))
	if err := full.Flush(context.Background()); err != nil || full.Forgotten() != 1 {
		t.Errorf("a disk that is short: %v, %d dropped", err, full.Forgotten())
	}
}

func TestHistory_IsBoundedByAgeAndBytes(t *testing.T) {
	ctx := context.Background()
	var late atomic.Int64 // after noon
	h := open(t, Options{MaxAge: time.Hour, Now: func() time.Time { return noon.Add(time.Duration(late.Load())) }})
	fill(t, h, 0, 2000)
	late.Store(int64(time.Hour + 100*time.Second)) // the first thousand is too old
	fill(t, h, 2000, 2001)
	if err := h.Flush(ctx); err != nil {
		t.Fatal(err)
	}
	if all := must(h.Parts(ctx, Filter{}, 3000))(t); len(all) < 1000 || len(all) > 1001 || all[0].Event != "K-2000" {
		t.Errorf(`%d left; want len(all) >= 1000, len(all) <= 1001, all[0].Event == "K-2000"`, len(all))
	}
	var ticks atomic.Int64
	small := open(t, Options{MaxBytes: 1 << 20, Now: func() time.Time { return noon.Add(sweepEvery * time.Duration(ticks.Add(1))) }})
	for i := range 400 {
		r := record(i * 10)
		r.Picture = make([]byte, 20<<10)
		small.Add(r)
		if i%20 == 0 {
			if err := small.Flush(ctx); err != nil {
				t.Fatal(err)
			}
		}
	}
	for range 2 {
		if err := small.Flush(ctx); err != nil {
			t.Fatal(err)
		}
	}
	all := must(small.Parts(ctx, Filter{}, 1000))(t)
	if small.Bytes() > 1<<20 || len(all) == 0 && small.Bytes() > 1<<18 {
		t.Errorf("%d bytes, %d parts", small.Bytes(), len(all))
	}
	var left int
	if err := small.db.QueryRow("SELECT count(*) FROM pictures WHERE id NOT IN (SELECT id FROM results)").Scan(&left); err != nil || left != 0 {
		t.Errorf("got left %+v, err %+v; want err == nil, left == 0", left, err)
	}
	if _, err := h.write.Exec("PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		t.Fatal(err)
	}
	// On a disk that is short the older half goes, and the file shrinks.
	before := must(os.Stat(filepath.Join(h.options.Dir, fileName)))(t).Size()
	if err := h.Shrink(ctx); err != nil {
		t.Fatal(err)
	}
	after := must(os.Stat(filepath.Join(h.options.Dir, fileName)))(t).Size()
	if all := must(h.Parts(ctx, Filter{}, 3000))(t); len(all) > 501 || len(all) < 499 || after >= before {
		t.Errorf("%d left, %d bytes of %d; want len(all) <= 501, len(all) >= 499, after < before", len(all), after, before)
	}
}

// A clock that was wrong for a moment stamps one result with last year: that one is
// removed by its age, and none of those around it.
func TestHistory_AClockThatWasWrongRemovesNothingElse(t *testing.T) {
	ctx := context.Background()
	var late atomic.Int64
	h := open(t, Options{MaxAge: time.Hour, Now: func() time.Time { return noon.Add(time.Duration(late.Load())) }})
	fill(t, h, 0, 10)
	wrong := record(10)
	wrong.Time = noon.AddDate(-1, 0, 0)
	h.Add(wrong)
	fill(t, h, 11, 20)
	late.Store(int64(2 * sweepEvery))
	fill(t, h, 20, 21)
	if err := h.Flush(ctx); err != nil {
		t.Fatal(err)
	}
	if all := must(h.Parts(ctx, Filter{}, 100))(t); len(all) != 20 {
		t.Errorf("%d results are left, want all 20 but the one of last year", len(all))
	}
	if _, err := h.Part(ctx, wrong.Event); !errors.Is(err, ErrNoResult) {
		t.Errorf("the one of last year: %v, want ErrNoResult", err)
	}
}

// A kill between the first change and its head leaves a trail that is whole; a head
// that is removed is still found.
func TestVerify_WithoutTheFirstHead(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	h, err := Open(ctx, Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	file := filepath.Join(dir, headName)
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Change(ctx, Change{Who: "ann", Kind: "set"}); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, before, 0o600); err != nil { // as if it had been killed there
		t.Fatal(err)
	}
	if n, _, err := h.Verify(ctx); err != nil || n != 1 {
		t.Errorf("%d entries, %v: want one and no error", n, err)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if _, _, err := h.Verify(ctx); !errors.Is(err, ErrChain) {
		t.Errorf("without a head: %v, want ErrChain", err)
	}
}
