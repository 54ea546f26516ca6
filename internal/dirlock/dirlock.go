package dirlock

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// File is the name of the lock's file in its folder. It stays there.
const File = "lock.pid"

// ErrHeld is returned within an error when another process has the lock.
var ErrHeld = errors.New("the folder is in use")

// Lock is a folder's lock that is held.
type Lock struct{ file *os.File }

// Acquire takes the lock of a folder, which it creates where it is missing. It
// does not wait: an error with ErrHeld names the process that has the lock.
func Acquire(dir string) (*Lock, error) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, fmt.Errorf("lock folder: %w", err)
	}
	path := filepath.Join(dir, File)
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o640)
	if err != nil {
		return nil, fmt.Errorf("lock folder: %w", err)
	}
	for {
		err = unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		if !errors.Is(err, unix.EINTR) {
			break
		}
	}
	if errors.Is(err, unix.EWOULDBLOCK) {
		err = fmt.Errorf("lock folder %s: %w by process %s", dir, ErrHeld, owner(file))
	} else if err != nil {
		err = fmt.Errorf("lock folder %s: %w", dir, err)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	l := &Lock{file}
	if err := l.sign(); err != nil {
		return nil, errors.Join(fmt.Errorf("lock folder %s: %w", dir, err), l.Release())
	}
	return l, nil
}

// poll is how often Wait tries again.
const poll = 200 * time.Millisecond

// Wait takes the lock of a folder as soon as it is free, or returns the last error
// of Acquire when ctx ends first. Other errors than ErrHeld end it at once.
func Wait(ctx context.Context, dir string) (*Lock, error) {
	for {
		lock, err := Acquire(dir)
		if err == nil || !errors.Is(err, ErrHeld) {
			return lock, err
		}
		select {
		case <-time.After(poll):
		case <-ctx.Done():
			return nil, err
		}
	}
}

// sign writes the process id, for others to read. A full disk does not keep the
// lock from working.
func (l *Lock) sign() error {
	if err := l.file.Truncate(0); err != nil {
		return err
	}
	_, err := l.file.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	if errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.EDQUOT) {
		return nil
	}
	return err
}

func owner(file *os.File) string {
	text := make([]byte, 20)
	n, _ := file.ReadAt(text, 0)
	pid := strings.TrimSpace(string(text[:n]))
	if _, err := strconv.Atoi(pid); err != nil {
		return "unknown" // it is about to write its id, or the disk was full
	}
	return pid
}

// Release releases the lock.
func (l *Lock) Release() error { return l.file.Close() }
