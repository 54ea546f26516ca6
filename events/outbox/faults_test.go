package outbox

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"pristine/events"
	"pristine/internal/need"
)

func openEvidence(t *testing.T, url string) *events.EvidenceReader {
	t.Helper()
	r, err := events.OpenEvidence(context.Background(), events.Hub{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

// An event is never lost and never doubled through restarts of the hub, which
// is absent at first.
func TestNeverLostNeverDoubledThroughRestartsOfTheHub(t *testing.T) {
	hub := newHub(t)
	hub.stop()
	s := openStore(t, Options{Dir: t.TempDir()})
	away := make(chan struct{}, 1000)
	forward(t, s, ForwardOptions{Hub: events.Hub{URL: hub.url()}, OnState: func(connected bool, _ error) {
		if !connected {
			away <- struct{}{}
		}
	}})
	part := 0
	for range 20 {
		appendResult(t, s, part, "FAIL", nil)
		part++
	}
	<-away
	for range rounds(3, 50) {
		hub.start()
		for range 40 {
			appendResult(t, s, part, "PASS", nil)
			part++
		}
		eventually(t, "the hub takes events", func() bool { return hub.messages() > 0 })
		hub.stop()
	}
	hub.start()
	drained(t, s)
	perfect(t, hub.url(), part)
}

// An event is never doubled by a hub that stored it and lost the
// acknowledgement, however long ago: here longer than the duplicate window.
func TestNeverDoubledByAHubThatLostTheAcknowledgement(t *testing.T) {
	const window = 100 * time.Millisecond
	hub := newHub(t)
	p := newProxy(t, strings.TrimPrefix(hub.url(), "nats://"))
	s := openStore(t, Options{Dir: t.TempDir()})
	forward(t, s, ForwardOptions{Hub: events.Hub{URL: p.url()}, DuplicateWindow: window})
	appendResult(t, s, 0, "FAIL", nil)
	drained(t, s)
	part := 1
	for range rounds(3, 100) {
		p.mode.Store(mute)
		appendResult(t, s, part, "FAIL", nil)
		part++
		eventually(t, "the hub has the event", func() bool { return hub.messages() == uint64(part) })
		time.Sleep(2 * window) // the hub forgets the id
		p.reset()
		p.mode.Store(pass)
		drained(t, s)
	}
	perfect(t, hub.url(), part)
}

// An event is never lost and never doubled through a network that stalls,
// resets and drips.
func TestNeverLostNeverDoubledThroughABadNetwork(t *testing.T) {
	hub := newHub(t)
	p := newProxy(t, strings.TrimPrefix(hub.url(), "nats://"))
	s := openStore(t, Options{Dir: t.TempDir()})
	forward(t, s, ForwardOptions{Hub: events.Hub{URL: p.url()}, DuplicateWindow: 100 * time.Millisecond})
	part := 0
	for round := range rounds(8, 200) {
		evidence, err := s.PutEvidence(context.Background(), "FAIL", bytesOf(20<<10))
		if err != nil {
			t.Fatal(err)
		}
		for range 10 {
			appendResult(t, s, part, "FAIL", evidence)
			part++
		}
		p.mode.Store([]int32{stall, drip, mute, pass}[round%4])
		time.Sleep(time.Duration(50+rand.IntN(150)) * time.Millisecond)
		if round%3 != 0 {
			p.reset()
		}
		p.mode.Store(pass)
	}
	drained(t, s)
	perfect(t, hub.url(), part)
}

// The files as a power cut leaves them: a copy of the folder is taken while
// events are written. When Append has returned, the event is on the disk.
func TestWhenAppendHasReturnedTheEventIsOnTheDisk(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, Options{Dir: dir})
	ctx, cancel := context.WithCancel(context.Background())
	var writing sync.WaitGroup
	defer writing.Wait()
	defer cancel()
	var allowed atomic.Int64 // events; so that copies stay small enough to read whole
	writing.Go(func() {
		for n := 0; ctx.Err() == nil; n++ {
			for ctx.Err() == nil && int64(n) >= allowed.Load() {
				time.Sleep(time.Millisecond)
			}
			appendResult(t, s, n, "FAIL", nil)
		}
	})
	for range rounds(5, 100) {
		before := s.Status().Sequence
		allowed.Store(int64(before) + 400)
		eventually(t, "more events", func() bool { return s.Status().Sequence > before+20 })
		acknowledged := s.Status().Sequence
		cut := filepath.Join(t.TempDir(), "cut")
		if out, err := exec.Command("cp", "-a", dir, cut).CombinedOutput(); err != nil && !bytes.Contains(out, []byte("No such file")) {
			t.Fatalf("%v: %s", err, out)
		}
		after := openStore(t, Options{Dir: cut, Listen: "127.0.0.1:0"})
		if got := after.Status().Sequence; got < acknowledged {
			t.Errorf("%d events after the power cut, %d were acknowledged before", got, acknowledged)
		}
		perfect(t, after.URL(), int(after.Status().Sequence))
		if e := appendResult(t, after, 0, "FAIL", nil); e.Sequence != after.Status().Sequence {
			t.Errorf("the store goes on at %d", e.Sequence)
		}
		after.Close()
	}
}

// A full disk refuses events and never blocks, and what was stored stays:
// where a reserve shows in time that the disk is full, and where the server's
// own writes fail.
func TestAFullDiskRefusesEventsAndNeverBlocks(t *testing.T) {
	for name, reserve := range map[string]int64{"refused before": 4 << 20, "write fails": 1} {
		t.Run(name, func(t *testing.T) { fillDisk(t, reserve) })
	}
}

func fillDisk(t *testing.T, reserve int64) {
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=40m"); err != nil {
		need.Missing(t, "root, to make a small disk: %v", err)
	}
	t.Cleanup(func() { _ = unix.Unmount(dir, unix.MNT_DETACH) })
	s := openStore(t, Options{Dir: filepath.Join(dir, "events"), Listen: "127.0.0.1:0", ReserveBytes: reserve})
	part, acknowledged := 0, map[uint64]bool{} // sequences of those of before
	for range 20 {
		acknowledged[appendResult(t, s, part, "FAIL", nil).Sequence] = true
		part++
	}
	// Another program takes all that is left, so that the server's own writes
	// fail.
	hog := filepath.Join(dir, "hog")
	attempt := func() (err error) {
		began := time.Now()
		_, err = s.Append(context.Background(), events.TypeResult, events.Result{Camera: "c", Part: fmt.Sprint(part), Verdict: "FAIL"})
		if took := time.Since(began); took > 2*appendLimit {
			t.Fatalf("an append took %v", took)
		}
		part++
		return err
	}
	kept := map[string]bool{}
	for range rounds(1, 20) {
		if out, err := exec.Command("dd", "if=/dev/zero", "of="+hog, "bs=4k").CombinedOutput(); err == nil {
			t.Fatalf("the disk is not full: %s", out)
		}
		refused := 0
		for range 100 {
			if attempt() != nil {
				refused++
			} else {
				kept[fmt.Sprint(part-1)] = true
			}
		}
		if refused == 0 {
			t.Error("a full disk refused nothing")
		}
		if err := os.Remove(hog); err != nil {
			t.Fatal(err)
		}
		eventually(t, "events are taken again", func() bool { return attempt() == nil })
		kept[fmt.Sprint(part-1)] = true
	}
	eventually(t, "an alarm tells what was not stored", func() bool {
		m, err := s.broker.Load().stream.GetLastMsgForSubject(context.Background(), station.Subject(events.TypeAlarm))
		return err == nil && strings.Contains(string(m.Data), events.AlarmUnstored)
	})
	got, report := all(t, s.URL())
	if report.Missing+report.Duplicates+report.OutOfOrder+report.Refused != 0 {
		t.Errorf("%+v", report)
	}
	alarms, last := 0, -1
	for _, r := range got {
		delete(acknowledged, r.Sequence)
		if result, err := r.Result(); err == nil {
			n, err := strconv.Atoi(result.Part)
			if err != nil || n <= last {
				t.Fatalf("part %s after %d", result.Part, last)
			}
			last = n
			delete(kept, result.Part)
		} else if alarm, err := r.Alarm(); err == nil && alarm.Name == events.AlarmUnstored {
			alarms++
		} else if err == nil && alarm.Name == events.AlarmShed {
			// A shedder that looked while the reserve was gone told which it removed.
			for _, told := range alarm.Shed.Ranges {
				maps.DeleteFunc(acknowledged, func(n uint64, _ bool) bool { return told[0] <= n && n <= told[1] })
			}
		}
	}
	if len(kept) != 0 || len(acknowledged) != 0 || alarms == 0 {
		t.Errorf("lost parts %v and sequences %v, %d alarms, %+v; want len(kept) == 0, len(acknowledged) == 0, alarms != 0", kept, acknowledged, alarms, report)
	}
}
