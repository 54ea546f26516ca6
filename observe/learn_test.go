package observe

import (
	"context"
	"path/filepath"
	"testing"

	"pristine/capture/testline/photos"
	"pristine/infer"
	"pristine/internal/polygon"
	"pristine/prompts"
)

// A calibration holds for references that are learned again from the same pictures,
// however many threads the model then has and whatever runs beside: ONNX Runtime
// rounds otherwise with each. It does not hold for others, nor for another view.
func TestLearnReferences_AreTheSameHoweverTheModelRuns(t *testing.T) {
	dir := t.TempDir()
	if _, err := photos.Write(context.Background(), dir, photos.Options{Parts: 12, Seed: 1, Kind: "flange"}, func() {}); err != nil {
		t.Fatal(err)
	}
	good, err := filepath.Glob(filepath.Join(dir, "good", "*"))
	if err != nil || len(good) < 5 {
		t.Fatalf("%d photos, %v", len(good), err)
	}
	hash := func(o infer.Options, v View, files []string) string {
		t.Helper()
		m, err := Open("models/pocket", o)
		if err != nil {
			t.Fatal(err)
		}
		defer m.Close()
		m.ForgetFiles()
		bank, err := m.Bank(context.Background(), "configs/prompts/flange.yaml")
		if err != nil {
			t.Fatal(err)
		}
		r, err := m.LearnReferences(context.Background(), v, files, prompts.Needs{Detail: 2, Turned: true})
		if err != nil {
			t.Fatal(err)
		}
		if bank, err = bank.WithReferences(r); err != nil {
			t.Fatal(err)
		}
		return bank.ReferencesHash()
	}
	four, all := good[:4], View{}
	want := hash(Throughput(), all, four)
	for name, o := range map[string]infer.Options{"as a camera": {}, "four threads": {Threads: 4}, "eight threads": {Threads: 8}} {
		if got := hash(o, all, four); got != want {
			t.Errorf("%s: the references have the hash %.12s, want %.12s as calibrated", name, got, want)
		}
	}
	for name, got := range map[string]string{
		"another region":  hash(Throughput(), View{Region: polygon.Rectangle{0.1, 0.1, 0.8, 0.8}}, four),
		"another polygon": hash(Throughput(), View{Polygon: []polygon.Point{{0, 0}, {1, 0}, {0, 1}}}, four),
		"other pictures":  hash(Throughput(), all, good[1:5]),
	} {
		if got == want {
			t.Errorf("%s: the references have the same hash", name)
		}
	}
}

// What a detail shows turned costs three times its encodes: it is encoded only where the
// references are compared with it.
func TestLearnReferences_TurnDetailOnlyWhereThatCounts(t *testing.T) {
	m, err := Open("models/pocket", Throughput())
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	for name, c := range map[string]struct {
		lot    string
		files  int
		turned prompts.Turned
		want   bool
	}{
		"a part with an up":             {"key-0", 4, prompts.TurnedAuto, false},
		"a part that lies anyhow":       {"chip-0", 4, prompts.TurnedAuto, true},
		"two, where it is asked for":    {"key-0", 2, prompts.TurnedAlways, true},
		"two, where it is left to them": {"key-0", 2, prompts.TurnedAuto, false},
	} {
		files, err := filepath.Glob("cmd/edge/testdata/lots/" + c.lot + "/good/*")
		if err != nil || len(files) < c.files {
			t.Fatalf("%d pictures of %s, %v", len(files), c.lot, err)
		}
		set := prompts.Set{Detail: 2, Turned: c.turned}
		r, err := m.LearnReferences(context.Background(), View{}, files[:c.files], set.LearnNeeds(c.files))
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range r.Pictures() {
			if got := len(p.Seen.FineTurned) > 0; got != c.want || len(p.Seen.Fine) == 0 {
				t.Errorf("%s: %d numbers of the detail, and of it turned %t, want %t", name, len(p.Seen.Fine), got, c.want)
			}
		}
	}
}
