package agent

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"pristine/events"
	"pristine/internal/need"
	"pristine/internal/problem"
)

// onSmallDisk runs an agent with its events on a disk of 400 MB. fill leaves a
// share of the reserve free, until the returned function is called.
func onSmallDisk(t *testing.T) (r *watched, fill func(share float64) (clean func())) {
	t.Helper()
	disk := t.TempDir()
	if err := unix.Mount("tmpfs", disk, "tmpfs", 0, "size=400m"); err != nil {
		need.Missing(t, "root, to make a small disk: %v", err)
	}
	t.Cleanup(func() { _ = unix.Unmount(disk, unix.MNT_DETACH) })
	r = watch(t, settings(t, disk, belt(t)), func(a *Agent) { a.watcher.lostLast = 3 * time.Second })
	r.answers(200, 200, 200)
	return r, func(share float64) func() {
		hog, err := os.Create(filepath.Join(disk, "hog"))
		if err != nil {
			t.Fatal(err)
		}
		free, reserve := r.store.Space()
		if err := unix.Fallocate(int(hog.Fd()), 0, 0, free-int64(share*float64(reserve))); err != nil {
			t.Fatal(err)
		}
		return func() {
			if err := hog.Close(); err != nil {
				t.Error(err)
			}
			if err := os.Remove(hog.Name()); err != nil {
				t.Error(err)
			}
		}
	}
}

var (
	diskFull = expected{problem.DiskFull, "", "", "less than the 256 MB that stay free", 503, 200, 200}
	unstored = expected{problem.EventsUnstored, "", "", "could not be stored and", 503, 200, 200}
)

// Below the reserve of a real disk, events of PASS are refused. Alarms go on,
// and both problems end once there is space.
func TestProblems_FullDisk(t *testing.T) {
	r, fill := onSmallDisk(t)
	clean := fill(0.75)
	r.shown(diskFull)
	r.until("lost events", func() bool { return strings.Contains(r.get("/metrics"), `code="events_unstored"`) })
	r.answers(503, 200, 200)
	clean()
	r.gone(diskFull)
	r.gone(unstored)
	r.answers(200, 200, 200)
}

// A store that refuses alarms, too, gets them when there is space again: once
// each, and in order.
func TestProblems_FullDiskRefusesAlarms(t *testing.T) {
	r, fill := onSmallDisk(t)
	clean := fill(0.1)
	r.until("both problems", func() bool {
		metrics := r.get("/metrics")
		return strings.Contains(metrics, `code="disk_full"`) && strings.Contains(metrics, `code="events_unstored"`)
	})
	r.until("both lines on the terminal", func() bool {
		return strings.Contains(r.out.String(), diskFull.text) && strings.Contains(r.out.String(), unstored.text)
	})
	before := r.out.String()
	clean()
	r.gone(diskFull)
	r.gone(unstored)
	if strings.Contains(before, "resolved after") {
		t.Errorf("a problem ended before there was space:\n%s", before)
	}
}

// An agent whose store is closed is not live.
func TestLive_ClosedStore(t *testing.T) {
	r := start(t, settings(t, t.TempDir(), belt(t)))
	if err := r.live(t.Context()); err != nil {
		t.Errorf("live gives %v, want nil while the store is open", err)
	}
	if err := r.end(); err != nil {
		t.Fatal(err)
	}
	if err := r.live(t.Context()); err == nil || !strings.Contains(err.Error(), "the event store does not answer") {
		t.Errorf("live gives %v, want that the store does not answer", err)
	}
}

// An agent that starts on a full disk inspects, and says so; that it started is an event
// once there is space.
func TestProblems_StartsOnAFullDisk(t *testing.T) {
	disk := t.TempDir()
	if err := unix.Mount("tmpfs", disk, "tmpfs", 0, "size=400m"); err != nil {
		need.Missing(t, "root, to make a small disk: %v", err)
	}
	t.Cleanup(func() { _ = unix.Unmount(disk, unix.MNT_DETACH) })
	hog := filepath.Join(disk, "hog")
	if err := os.WriteFile(hog, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(hog, os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := unix.Fallocate(int(f.Fd()), 0, 0, 340<<20); err != nil {
		t.Fatal(err)
	}
	r := watch(t, settings(t, disk, belt(t)), func(a *Agent) { a.watcher.lostLast = 3 * time.Second })
	r.until("a scored frame", func() bool { s := r.page(); return len(s.Cameras) == 1 && s.Cameras[0].Scored > 0 })
	r.until("the full disk", func() bool { return strings.Contains(r.get("/metrics"), `code="disk_full"`) })
	if err := os.Remove(hog); err != nil {
		t.Fatal(err)
	}
	f.Close()
	r.event("the start", func(e events.Received) bool {
		state, err := e.State()
		return err == nil && state.Subject == "agent" && state.State == "started"
	})
	r.until("no problem", func() bool { return len(r.page().Problems) == 0 })
}
