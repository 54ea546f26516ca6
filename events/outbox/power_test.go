package outbox

import (
	"bufio"
	"bytes"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"pristine/events"
	"pristine/internal/need"
)

// shutdown is FS_IOC_SHUTDOWN of the kernel (linux/fs.h), and withoutLog the
// flag by which not even the journal is written any more: what was not synced
// is gone, as when the power goes. Authors of file systems test with it.
const (
	shutdown   = 0x8004587d
	withoutLog = 2
)

// When Append has returned, the event is on the disk: here the power goes. The
// store is on a file system of its own that is shut down at random moments
// under load, without what was not synced. Of the event that is under way at that
// moment it says nothing: the kernel may report a sync that it ends half-way as
// done, also to a program that does nothing but write and sync.
func TestWhenAppendHasReturnedAPowerCutLosesNothing(t *testing.T) {
	disk := newDisk(t)
	hub, v := newHub(t), victim{dir: filepath.Join(disk.dir, "events"), station: station}
	cuts := rounds(5, 200)
	for round := range cuts {
		disk.mount()
		child := v.command(hub.url(), round)
		var errs bytes.Buffer
		child.Stderr = &errs
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		lines, said := bufio.NewReader(out), len(v.acknowledged)
		for n, random := 0, 1+rand.IntN(100); ; n++ {
			part, err := lines.ReadString('\n')
			if err != nil {
				break
			}
			if v.acknowledged = append(v.acknowledged, strings.TrimSpace(part)); n == random {
				disk.cut()
				_ = child.Process.Kill() // and what it said until then is read
			}
		}
		_ = child.Wait()
		disk.unmount()
		if len(v.acknowledged) == said {
			t.Fatalf("the agent ended by itself: %s", errs.String())
		}
		v.acknowledged = v.acknowledged[:len(v.acknowledged)-1]
	}
	disk.mount()
	s := openStore(t, Options{Dir: v.dir})
	forward(t, s, ForwardOptions{Hub: events.Hub{URL: hub.url()}})
	drained(t, s)
	got, report := all(t, hub.url())
	seen := evidenced(t, hub.url(), got)
	lost, doubled := 0, len(got)-len(seen)
	for _, part := range v.acknowledged {
		if seen[part] == 0 {
			lost++
		}
	}
	t.Logf("%d power cuts, %d events acknowledged, %d at the hub: %d lost, %d doubled, %d out of order", cuts, len(v.acknowledged), len(got), lost, doubled, report.OutOfOrder)
	if lost+doubled != 0 || report.Missing+report.Shed+report.Duplicates+report.OutOfOrder+report.Refused != 0 || len(v.acknowledged) < cuts {
		t.Errorf("%d events of %d: %+v; want lost+doubled == 0, report.Missing+report.Shed+report.Duplicates+report.OutOfOrder+report.Refused == 0, len(v.acknowledged) >= cuts", len(got), s.Status().Sequence, report)
	}
}

// disk is a small ext4 in a file.
type disk struct {
	t          *testing.T
	image, dir string
}

func newDisk(t *testing.T) *disk {
	t.Helper()
	d := &disk{t, filepath.Join(t.TempDir(), "image"), t.TempDir()}
	file, err := os.Create(d.image)
	if err == nil {
		err = file.Truncate(192 << 20)
		file.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("mkfs.ext4", "-q", "-F", d.image).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if out, err := exec.Command("mount", "-o", "loop", d.image, d.dir).CombinedOutput(); err != nil {
		need.Missing(t, "root and a loop device, to mount a file: %v: %s", err, out)
	}
	d.unmount()
	t.Cleanup(func() { _ = unix.Unmount(d.dir, unix.MNT_DETACH) })
	return d
}

func (d *disk) mount() {
	d.t.Helper()
	if out, err := exec.Command("mount", "-o", "loop", d.image, d.dir).CombinedOutput(); err != nil {
		d.t.Fatalf("%v: %s", err, out)
	}
}

func (d *disk) unmount() {
	d.t.Helper()
	eventually(d.t, "the disk is unmounted", func() bool { return unix.Unmount(d.dir, 0) == nil })
}

// cut is the power cut.
func (d *disk) cut() {
	d.t.Helper()
	dir, err := os.Open(d.dir)
	if err == nil {
		defer dir.Close()
		err = unix.IoctlSetPointerInt(int(dir.Fd()), shutdown, withoutLog)
	}
	if err != nil {
		d.t.Fatal(err)
	}
	time.Sleep(time.Duration(rand.IntN(5)) * time.Millisecond) // the agent may notice, or not
}
