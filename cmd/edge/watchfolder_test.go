package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pristine/events"
	"pristine/events/outbox"
	"pristine/internal/need"
)

// Pictures arrive in a watched folder while the program is killed again and again,
// and while the folder goes away: each has one event in the end, and is moved.
func TestWatchFolder_EachPictureOnceWheneverTheProgramIsKilled(t *testing.T) {
	t.Parallel()
	need.NoRaceDetector(t)
	dir := t.TempDir()
	folder := filepath.Join(dir, "in")
	edge(t, 0, "testline", filepath.Join(dir, "lot"), "--parts", "12", "--seed", "4", "--references", "2")
	photos, err := filepath.Glob(filepath.Join(dir, "lot", "good", "*"))
	if err != nil || len(photos) < 4 {
		t.Fatalf("%d photos of the belt, %v", len(photos), err)
	}
	data := make([][]byte, 0, 4)
	for _, photo := range photos[:4] {
		picture, err := os.ReadFile(photo)
		if err != nil {
			t.Fatal(err)
		}
		data = append(data, picture)
	}
	if err := os.MkdirAll(folder, 0o750); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "edge.yaml")
	text := "station: {name: test}\nevents: {dir: " + dir + "/events, listen: ''}\ncameras:\n  - {name: c, source: 'watch://" + folder + "', watch: {then: move, settle: 20ms}}\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	pictures := 0
	arrive := func(n int) {
		for range n {
			path := filepath.Join(folder, fmt.Sprintf("part-%05d.jpg", pictures))
			if err := os.WriteFile(path, data[pictures%len(data)], 0o600); err != nil {
				t.Fatal(err)
			}
			pictures++
		}
	}
	for round := range max(4, kills()/4) {
		arrive(5)
		child, out := process(t, nil, "run", "--config", file)
		if round%2 == 1 {
			until(t, "the first results", out, func() bool { return waiting(folder) < 5 })
		}
		arrive(3)
		time.Sleep(time.Duration(rand.IntN(700)) * time.Millisecond)
		_ = child.Process.Kill()
		if _ = child.Wait(); child.ProcessState.Exited() {
			t.Fatalf("the program ended by itself: %s", out.String())
		}
	}
	child, out := process(t, nil, "run", "--config", file)
	until(t, "pictures to be moved", out, func() bool { return waiting(folder) < pictures/2 })
	away := folder + "-away"
	if err := os.Rename(folder, away); err != nil {
		t.Fatal(err)
	}
	until(t, "the missing folder to be named", out, func() bool { return strings.Contains(out.String(), "no such file") })
	if err := os.Rename(away, folder); err != nil {
		t.Fatal(err)
	}
	arrive(3)
	until(t, "all pictures to be moved", out, func() bool { return waiting(folder) == 0 })
	interrupt(t, child, out)

	store, err := outbox.Open(t.Context(), outbox.Options{Dir: dir + "/events", Station: events.Station{Site: "plant", Line: "line-1", Name: "test"}})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	count := map[string]int{}
	if err := store.After(t.Context(), 0, func(e *events.Event) {
		if r, err := e.Result(); err == nil {
			count[r.Part]++
		}
	}); err != nil {
		t.Fatal(err)
	}
	for n := range pictures {
		if part := fmt.Sprintf("part-%05d.jpg", n); count[part] != 1 {
			t.Errorf("%s has %d events, want one", part, count[part])
		}
	}
}

// waiting returns how many pictures are still in the folder itself.
func waiting(folder string) int {
	files, _ := filepath.Glob(filepath.Join(folder, "*.jpg"))
	return len(files)
}

func interrupt(t *testing.T, child *exec.Cmd, out *buffer) {
	t.Helper()
	if err := child.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := child.Wait(); err != nil {
		t.Errorf("the last run: %v: %s", err, out.String())
	}
}
