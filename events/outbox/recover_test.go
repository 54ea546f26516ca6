package outbox

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"golang.org/x/sys/unix"

	"pristine/events"
	"pristine/internal/dirlock"
	"pristine/internal/need"
)

// While the embedded server restarts slowly, appends are refused at once and
// counted, and Status answers; afterwards the event whose fate was unknown is
// stored once, before the next one.
func TestStore_SlowRestart(t *testing.T) {
	restarting, proceed := make(chan struct{}), make(chan struct{})
	var once sync.Once
	first := true
	s := openStore(t, Options{Dir: t.TempDir(), Listen: "127.0.0.1:0", start: func(ctx context.Context, o *Options) (*broker, error) {
		if !first {
			once.Do(func() { close(restarting) })
			<-proceed
		}
		first = false
		return startBroker(ctx, o)
	}})
	letGo := sync.OnceFunc(func() { close(proceed) })
	t.Cleanup(letGo) // before the store's
	appendResult(t, s, 0, "FAIL", nil)
	id, body, err := events.Encode(station, s.currentIncarnation(), 2, events.TypeResult, time.Now(), events.Result{Camera: "c", Part: "1", Verdict: "FAIL"})
	if err != nil {
		t.Fatal(err)
	}
	m := nats.NewMsg(station.Subject(events.TypeResult))
	m.Data = body
	m.Header.Set(nats.MsgIdHdr, id)
	m.Header.Set(classHeader, "FAIL")
	s.mu.Lock()
	s.unsettled = m // as a write that was not acknowledged leaves it
	s.mu.Unlock()
	refuse := func() {
		t.Helper()
		began := time.Now()
		_, err := s.Append(context.Background(), events.TypeResult, events.Result{Camera: "c", Part: "x", Verdict: "PASS"})
		if !errors.Is(err, ErrRestarting) {
			t.Errorf("append gave %v, want ErrRestarting", err)
		}
		if status := s.Status(); status.Sequence != 1 || !strings.Contains(status.Problem, "restarting") || status.ProblemSince.IsZero() {
			t.Errorf("status %+v, want sequence 1 and the problem", status)
		}
		if took := time.Since(began); took > time.Second {
			t.Errorf("append and status took %v while the server restarted, want no wait", took)
		}
	}
	refuse() // starts the restart
	<-restarting
	refuse()
	refuse()
	if n := s.Status().Unstored[ClassPass]; n != 3 {
		t.Errorf("%d events are counted as unstored, want 3", n)
	}
	letGo()
	eventually(t, "the store has recovered by itself", func() bool { status := s.Status(); return status.Problem == "" && status.Sequence >= 2 })
	if status := s.Status(); status.Restarts != 1 {
		t.Errorf("%d restarts, want 1", status.Restarts)
	}
	got, report := all(t, s.URL())
	if result, err := got[1].Result(); err != nil || result.Part != "1" || report.Missing+report.Duplicates != 0 {
		t.Errorf("the second event is %+v, %v; %+v; want part 1, nothing missing", result, err, report)
	}
}

// A second store on the same folder is refused with the id of the process that has
// it, and let in when that was killed.
func TestStore_FolderInUse(t *testing.T) {
	dir := t.TempDir()
	other := exec.Command(os.Args[0])
	other.Env = append(os.Environ(), "PRISTINE_CHILD_STORE="+dir, "PRISTINE_CHILD_HUB=nats://127.0.0.1:1", "PRISTINE_CHILD_NAME=s1", "PRISTINE_CHILD_ROUND=0")
	out, err := other.StdoutPipe()
	if err == nil {
		err = other.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Process.Kill(); _ = other.Wait() }()
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		t.Fatal("the other process stored nothing")
	}
	options := Options{Dir: dir, Station: station, MaxBytes: 64 << 20, EvidenceBytes: 64 << 20, ReserveBytes: 1}
	_, err = Open(context.Background(), options)
	if !errors.Is(err, ErrStore) || !errors.Is(err, dirlock.ErrHeld) || !strings.Contains(err.Error(), fmt.Sprintf("by process %d", other.Process.Pid)) || !strings.Contains(err.Error(), "events.dir of its own") {
		t.Errorf("got %v, want a refusal that names process %d and the remedy", err, other.Process.Pid)
	}
	if !lines.Scan() {
		t.Error("the first process stores nothing any more")
	}
	if err := other.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = other.Wait()
	s := openStore(t, options)
	appendResult(t, s, 0, "PASS", nil)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	openStore(t, options)
}

// A folder that nobody may write to is an error that says what to change.
func TestStore_ReadOnlyFolderSaysWhatToDo(t *testing.T) {
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", unix.MS_RDONLY, "size=1m"); err != nil {
		need.Missing(t, "root, to make a read-only disk: %v", err)
	}
	t.Cleanup(func() { _ = unix.Unmount(dir, unix.MNT_DETACH) })
	_, err := Open(context.Background(), Options{Dir: filepath.Join(dir, "events"), Station: events.Station{Site: "s", Line: "l", Name: "n"}})
	if !errors.Is(err, ErrStore) || !strings.Contains(err.Error(), "read-only file system: name an events.dir that the agent may write to") {
		t.Errorf("got %v", err)
	}
}

// A disk that is short is a problem with the reserve and the remedy in words,
// which is over when there is space again; Close says that events were lost.
func TestStore_FullDiskSaysWhatToDo(t *testing.T) {
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=64m"); err != nil {
		need.Missing(t, "root, to make a small disk: %v", err)
	}
	t.Cleanup(func() { _ = unix.Unmount(dir, unix.MNT_DETACH) })
	s := openStore(t, Options{Dir: filepath.Join(dir, "events"), ReserveBytes: 16 << 20})
	appendResult(t, s, 0, "PASS", nil)
	hog := filepath.Join(dir, "hog")
	file, err := os.Create(hog)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(unix.Fallocate(int(file.Fd()), 0, 0, s.free()-12<<20), file.Close()); err != nil {
		t.Fatal(err)
	}
	_, err = s.Append(context.Background(), events.TypeResult, events.Result{Camera: "c", Verdict: "PASS"})
	for _, want := range []string{"MiB are free", s.options.Dir, "the reserve of 16 MiB", "PASS", "free space on it, or lower events.max_bytes and events.evidence_bytes"} {
		if err == nil || !errors.Is(err, ErrFull) || !strings.Contains(err.Error(), want) {
			t.Errorf("append gave %v, want it to say %q", err, want)
		}
	}
	if err == nil || s.Status().Problem != err.Error() {
		t.Errorf("status says %q, want %v", s.Status().Problem, err)
	}
	appendResult(t, s, 1, "FAIL", nil) // the rest of the reserve is for these
	if s.Status().Problem == "" {
		t.Error("the problem is gone although the disk is as short as before")
	}
	if err := os.Remove(hog); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the problem is over", func() bool { return s.Status().Problem == "" })
	if err := s.Close(); !errors.Is(err, ErrLost) || !strings.Contains(err.Error(), "1 PASS") {
		t.Errorf("close gave %v, want ErrLost and 1 PASS", err)
	}
}
