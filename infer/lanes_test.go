package infer

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"
)

// withLanes returns an encoder whose lanes are in use, however fast they are.
func withLanes(t *testing.T) *ImageEncoder {
	t.Helper()
	if runtime.GOMAXPROCS(0) == 1 {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	}
	library, bundle := open(t)
	e, err := NewImageEncoder(library, bundle, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	session, err := e.laneSession()
	if err != nil {
		t.Fatal(err)
	}
	e.lanes.possible, e.lanes.session = false, session
	return e
}

func squares(n int) ([]Picture, []Output) {
	pictures := make([]Picture, n)
	for i := range pictures {
		side := 64 + 8*i
		pictures[i] = Picture{Pix: picture(side, side), Width: side, Height: side}
	}
	return pictures, make([]Output, n)
}

// A picture has the same numbers, but for rounding, whichever way it was run: a
// score must not depend on how busy the machine was.
func TestLanes_ReturnTheSameNumbers(t *testing.T) {
	e := withLanes(t)
	const n = 7
	pictures, wide := squares(n)
	lane := make([]Output, n)
	for i := range pictures {
		if err := e.run(pictures[i:i+1], wide[i:i+1], false, new(Timing)); err != nil {
			t.Fatal(err)
		}
		e.lanes.lone = loneRuns // the next runs alone, too
	}
	if _, err := e.Encode(context.Background(), pictures, lane); err != nil {
		t.Fatal(err)
	}
	if e.lanes.lone != 0 {
		t.Fatal("the pictures of one call were not shared among the lanes")
	}
	for i := range pictures {
		for name, pair := range map[string][2][]float32{
			"embedding": {wide[i].Embedding, lane[i].Embedding}, "patches": {wide[i].PatchEmbeddings, lane[i].PatchEmbeddings}, "features": {wide[i].PatchFeatures, lane[i].PatchFeatures},
		} {
			if c := cosine(pair[0], pair[1]); len(pair[0]) != len(pair[1]) || c < 0.99999 {
				t.Errorf("picture %d: the %s of a lane have the cosine %.6f to those of a run over all cores", i, name, c)
			}
		}
	}
}

func TestLanes_ALonePictureRunsOverAllCores(t *testing.T) {
	e := withLanes(t)
	var b batch
	begin := func(running int, several bool) bool {
		e.running = running
		e.choose(&b, several)
		e.running = 0
		return b.lane
	}
	for range loneRuns - 1 {
		if !begin(0, false) {
			t.Fatal("a picture ran over all cores soon after others had queued")
		}
	}
	if begin(0, false) {
		t.Error("a lone picture ran in a lane")
	}
	if !begin(1, false) {
		t.Error("a picture beside another ran over all cores")
	}
	if !begin(0, true) {
		t.Error("a share of several pictures ran over all cores")
	}
}

// Encoders whose pictures queue open their lanes, say so, and go on encoding
// meanwhile.
func TestLanes_AreOpenedWhenPicturesQueue(t *testing.T) {
	if runtime.GOMAXPROCS(0) == 1 {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	}
	library, bundle := open(t)
	e, err := NewImageEncoder(library, bundle, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	pictures, outs := squares(1)
	if _, err := e.Encode(context.Background(), pictures, outs); err != nil {
		t.Fatal(err)
	}
	if e.Status().Runs != "" {
		t.Fatal("lanes were opened for a lone picture")
	}
	deadline := time.Now().Add(30 * time.Second)
	for e.Status().Runs == "" {
		if time.Now().After(deadline) {
			t.Fatal("pictures queue, and no lanes were opened")
		}
		var callers sync.WaitGroup
		for range 4 {
			pictures, outs := squares(2)
			callers.Go(func() {
				if _, err := e.Encode(context.Background(), pictures, outs); err != nil {
					t.Error(err)
				}
			})
		}
		callers.Wait()
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.lanes.session == nil {
		t.Errorf("the lanes are not in use: %s", e.lanes.words)
	}
}

// Lanes are opened hours after the model: what has its file's name by then must not
// encode beside it.
func TestLanes_AreNotOpenedOfAnotherModel(t *testing.T) {
	if runtime.GOMAXPROCS(0) == 1 {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	}
	library, b := copied(t)
	e, err := NewImageEncoder(library, b, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	file := filepath.Join(b.Dir, b.Manifest.Image.File)
	model, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file+".new", model, 0o600); err != nil { // it opens, as another model would
		t.Fatal(err)
	}
	if err := os.Rename(file+".new", file); err != nil {
		t.Fatal(err)
	}
	e.mu.Lock()
	e.openLanes()
	e.mu.Unlock()
	e.lanes.opening.Wait()
	if e.lanes.session != nil || !strings.Contains(e.Status().Runs, "restart") {
		t.Errorf("lanes: %q, want none of a file that was replaced, and what to do", e.Status().Runs)
	}
}

func TestLanes_AllocateNothing(t *testing.T) {
	e := withLanes(t)
	pictures, outs := squares(5)
	if n := testing.AllocsPerRun(10, func() {
		if _, err := e.Encode(context.Background(), pictures, outs); err != nil {
			t.Fatal(err)
		}
	}); n > 0 {
		t.Errorf("%v allocations for five pictures", n)
	}
}

func TestLanes_AreLeftAloneWhereThreadsWereAskedFor(t *testing.T) {
	for name, o := range map[string]Options{"threads": {Threads: 1}, "runs": {Threads: 1, Runs: 2}} {
		if newLanes(nil, "", Status{Provider: "cpu"}, o).possible {
			t.Errorf("%s: lanes may be opened", name)
		}
	}
	if newLanes(nil, "", Status{Provider: "cuda"}, Options{}).possible {
		t.Error("lanes may be opened beside a GPU")
	}
}

func TestAvailableMemory(t *testing.T) {
	root := fstest.MapFS{"proc/meminfo": {Data: []byte("MemTotal:  8000000 kB\nMemFree: 10 kB\nMemAvailable:    2048 kB\n")}}
	if got := availableMemory(root); got != 2<<20 {
		t.Errorf("got %d bytes, want %d", got, 2<<20)
	}
	if got := availableMemory(fstest.MapFS{}); got != math.MaxInt64 {
		t.Errorf("got %d bytes where the kernel does not say, want no bound", got)
	}
}
