package observe

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"pristine/capture"
	"pristine/capture/opencv"
	"pristine/challenge"
	"pristine/evaluate/dataset"
	"pristine/infer"
	"pristine/internal/polygon"
	"pristine/prompts"
	"pristine/trial"
)

// bearings returns pictures of one part.
func bearings(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("cmd/edge/testdata/lots/bearing-0/good/*.jpg")
	if err != nil || len(files) < 4 {
		t.Fatalf("%d pictures, %v", len(files), err)
	}
	return files[:4]
}

// runs returns how many runs the image encoder has made.
func runs(t *testing.T, m *Model) uint64 {
	t.Helper()
	timing, err := m.Images.Encode(context.Background(), []infer.Picture{{Pix: make([]byte, 12), Width: 2, Height: 2}}, make([]infer.Output, 1))
	if err != nil {
		t.Fatal(err)
	}
	return timing.Run - 1
}

// seen is all that is observed of files by every way to do so.
type seen struct {
	Files      []prompts.Observation
	References []prompts.Reference
	Completed  []prompts.Reference
	File       prompts.Observation
	Nearest    int
	Plain      [][]challenge.Score
	Trials     []challenge.Trial
}

// observeAll observes files by every way.
func observeAll(t *testing.T, m *Model, files []string) (s seen) {
	t.Helper()
	ctx := context.Background()
	needs := prompts.Needs{Tiles: 2, Detail: 2}
	err := m.ObserveFiles(ctx, files, needs, func(_ int, _ *trial.Photo, o *prompts.Observation) error {
		s.Files = append(s.Files, o.Clone())
		return nil
	}, func(_ int, err error) { t.Error(err) }, nil)
	if err != nil {
		t.Fatal(err)
	}
	view := View{Polygon: []polygon.Point{{0.1, 0.1}, {0.9, 0.1}, {0.9, 0.9}, {0.1, 0.9}}}
	r, err := m.LearnReferences(ctx, view, files[:1], prompts.Needs{Detail: 2, Turned: true, Angles: prompts.TurnedAlways})
	if err != nil {
		t.Fatal(err)
	}
	s.References = r.Pictures()
	set, err := prompts.Load("configs/prompts/part.yaml")
	if err != nil {
		t.Fatal(err)
	}
	completed, e := prompts.NewReferences(m.Bundle.Hash, m.Matcher), m.NewEncoder(view)
	labelled := Label(files, nil, false, "")
	by, err := FilesByHash(files)
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = e.AddReferences(ctx, completed, labelled, set.Tiles, func() {})
	if err := errors.Join(err, e.Complete(ctx, completed, set, by, func() {})); err != nil {
		t.Fatal(err)
	}
	s.Completed = completed.Pictures()
	s.File.Ask(needs)
	if err := errors.Join(e.ObserveFile(ctx, files[3], needs, &s.File), e.ObserveFileTurned(ctx, files[3], &s.File)); err != nil {
		t.Fatal(err)
	}
	if s.Nearest, _, err = m.nearestText(ctx, files, []string{"a photo of a bearing", "a photo of a cookie"}); err != nil {
		t.Fatal(err)
	}
	bank, err := m.Bank(ctx, "configs/prompts/part.yaml")
	if err != nil {
		t.Fatal(err)
	}
	all := make([]dataset.Picture, len(files))
	for i, file := range files {
		all[i].File = file
	}
	_, out, err := m.Challenge(ctx, &Challenge{Bank: bank, K: 2, Most: 1, Pictures: all, Sizes: []int{16}, Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	s.Plain, s.Trials = out.Plain, out.Trials
	return s
}

func TestFiles_AreEncodedOnceByAllWaysAndCommands(t *testing.T) {
	options, files := Throughput(), bearings(t)
	options.CacheDir = t.TempDir()
	open := func() *Model {
		m, err := Open("models/pocket", options)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	first := open()
	want := observeAll(t, first, files)
	encoded := runs(t, first)
	first.Close()
	again := open()
	if !reflect.DeepEqual(want, observeAll(t, again, files)) {
		t.Error("what was kept differs")
	}
	if n := runs(t, again); n != 0 {
		t.Errorf("%d pictures were encoded again", n)
	}
	again.Close()
	options.Runs, options.Threads = 0, 0 // as a camera's encoder
	station := open()
	defer station.Close()
	if same, n := reflect.DeepEqual(want, observeAll(t, station, files)), runs(t, station); !same || n != 0 {
		t.Errorf("another command encoded %d again; it sees the same: %t", n, same)
	}
	forgets := open()
	defer forgets.Close()
	forgets.ForgetFiles()
	if same, n := reflect.DeepEqual(want, observeAll(t, forgets, files)), runs(t, forgets); !same || encoded == 0 || n <= encoded {
		t.Errorf("without the cache %d were encoded, at first %d; it sees the same: %t", n, encoded, same)
	}
}

// Frames of a camera, which never repeat, and what measures the encoder, read and write
// nothing.
func TestFiles_FramesAreNotKept(t *testing.T) {
	dir, file := t.TempDir(), bearings(t)[0]
	m, err := Open("models/pocket", infer.Options{CacheDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	pix, width, height, err := opencv.DecodeFile(file)
	if err != nil {
		t.Fatal(err)
	}
	f, e, o := &capture.Frame{Pix: pix, Width: width, Height: height}, m.NewEncoder(View{}), prompts.Observation{Detail: 2}
	_, _, timed := m.EncodeTimes(t.Context(), View{}, file, prompts.Needs{Detail: 2})
	bank, err := m.Bank(t.Context(), "configs/prompts/part.yaml")
	if err != nil {
		t.Fatal(err)
	}
	_, judged := m.Judges(1, View{}, bank)[0].Judge(t.Context(), View{}.Challenged("frame", pix, width, height), nil)
	if err := errors.Join(e.Encode(t.Context(), f, &o), e.ObserveTurned(t.Context(), f, &o), timed, judged); err != nil {
		t.Fatal(err)
	}
	m.Close()
	if _, err := os.Stat(filepath.Join(dir, "pictures")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("there is a folder: %v", err)
	}
}
