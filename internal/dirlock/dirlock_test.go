package dirlock

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestMain becomes a process that holds a lock where the environment says so.
func TestMain(m *testing.M) {
	if dir := os.Getenv("PRISTINE_LOCK_DIR"); dir != "" {
		_, err := Acquire(dir)
		fmt.Println(err)
		time.Sleep(time.Minute)
		return
	}
	os.Exit(m.Run())
}

// holder starts a process that holds the lock of a folder.
func holder(t *testing.T, dir string) *exec.Cmd {
	t.Helper()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), "PRISTINE_LOCK_DIR="+dir)
	out, err := c.StdoutPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Process.Kill(); _ = c.Wait() })
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "<nil>\n" {
		t.Fatalf("the other process says %q, %v; want <nil>", line, err)
	}
	return c
}

// The second process is refused with the first one's id, and let in when that was
// killed.
func TestAcquire_AnotherProcess(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	other := holder(t, dir)
	_, err := Acquire(dir)
	if want := fmt.Sprintf("by process %d", other.Process.Pid); !errors.Is(err, ErrHeld) || !strings.Contains(err.Error(), want) {
		t.Fatalf("got %v, want ErrHeld %s", err, want)
	}
	if err := other.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	lock, err := Wait(ctx, dir)
	if err != nil {
		t.Fatalf("after the owner was killed: %v", err)
	}
	if err := lock.Release(); err != nil {
		t.Fatal(err)
	}
}

// Within a process the lock is held once, too, and Wait gets it when it is free.
func TestWait_ReleasedLock(t *testing.T) {
	dir := t.TempDir()
	first, err := Acquire(dir)
	if err != nil {
		t.Fatal(err)
	}
	over, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Wait(over, dir); !errors.Is(err, ErrHeld) || !strings.Contains(err.Error(), fmt.Sprint(os.Getpid())) {
		t.Errorf("while it is held: %v, want ErrHeld with this process's id", err)
	}
	got := make(chan error, 1)
	go func() {
		second, err := Wait(context.Background(), dir)
		if err == nil {
			err = second.Release()
		}
		got <- err
	}()
	if err := first.Release(); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-got:
		if err != nil {
			t.Errorf("after its release: %v", err)
		}
	case <-time.After(30 * time.Second):
		t.Error("Wait did not get a lock that was released")
	}
}

// What a process that crashed left in the file keeps nobody out.
func TestAcquire_StaleFile(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, File), []byte("1\n"), 0o640); err != nil {
		t.Fatal(err)
	}
	lock, err := Acquire(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Release()
	if text, err := os.ReadFile(filepath.Join(dir, File)); err != nil || string(text) != fmt.Sprintf("%d\n", os.Getpid()) {
		t.Errorf("the file holds %q, %v; want this process's id", text, err)
	}
}

// A folder that cannot be made or written to is an error that is not ErrHeld.
func TestAcquire_NoFolder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := Wait(context.Background(), file); err == nil || errors.Is(err, ErrHeld) {
		t.Errorf("got %v, want an error that is not ErrHeld", err)
	}
}
