package doctor

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/dustin/go-humanize"
	"golang.org/x/sys/unix"
)

const (
	syncMost  = 200   // writes that are measured
	syncBytes = 4096  // of a write, about an event
	filesMost = 20000 // that are looked at for their owner
)

// disk examines the disk of events.dir and the files on it.
func (e *examination) disk(ctx context.Context) {
	if e.config == nil {
		return
	}
	dir, err := existing(e.config.Events.Dir)
	if err != nil {
		return // package check says it
	}
	e.space(dir)
	e.bounds(dir)
	e.owners(ctx)
	slow, err := syncSpeed(ctx, dir, e.SyncTime)
	switch {
	case errors.Is(err, fs.ErrPermission): // package check says it
		return
	case err != nil:
		e.add("disk_unwritable", "a synced write to %s: %v", dir, err)
	case slow >= e.SlowSync:
		e.add("disk_slow", "a synced write of 4 KiB to %s takes %v (p99)", dir, slow.Round(10*time.Microsecond))
	}
	var st unix.Statfs_t
	_ = unix.Statfs(dir, &st) // space reports what it cannot ask
	e.good("disk_good", groupDisk, "%s is free on the disk of %s; a synced write takes %v (p99)", humanize.IBytes(st.Bavail*uint64(st.Bsize)), dir, slow.Round(10*time.Microsecond))
}

// existing returns the folder, or the nearest above it that is there.
func existing(dir string) (string, error) {
	at, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	for {
		info, err := os.Stat(at)
		if err == nil && info.IsDir() {
			return at, nil
		}
		if err == nil || at == filepath.Dir(at) || !errors.Is(err, fs.ErrNotExist) {
			return "", errors.Join(err, fs.ErrInvalid)
		}
		at = filepath.Dir(at)
	}
}

// space compares the free space of the disk with the reserve.
func (e *examination) space(dir string) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return
	}
	free, all := int64(st.Bavail)*st.Bsize, int64(st.Blocks)*st.Bsize
	if free < e.Reserve {
		e.add("disk_full", "%s of %s is free on the disk of %s, less than the reserve of %s", size(free), size(all), dir, size(e.Reserve))
	}
	if st.Files > 0 && st.Ffree < st.Files/100 {
		e.add("disk_inodes", "%d of %d inodes are free on the disk of %s", st.Ffree, st.Files, dir)
	}
}

// bounds compares the configured bounds with the disks that the files are on.
func (e *examination) bounds(dir string) {
	c := e.config
	what, most, used := "events and pictures", c.Events.MaxBytes+c.Events.EvidenceBytes, usedBy(c.Events.Dir)
	history, err := existing(c.HistoryDir())
	if err == nil && device(history) != device(dir) {
		e.fits("the history", history, c.History.MaxBytes, usedBy(c.HistoryDir()))
	} else {
		what, most = "events, pictures and history", most+c.History.MaxBytes
		if c.History.Dir != "" { // else it is in events.dir
			used += usedBy(c.History.Dir)
		}
	}
	e.fits(what, dir, most, used)
}

// fits reports files that may become larger than the disk of a folder.
func (e *examination) fits(what, dir string, most, used int64) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return
	}
	if room := used + int64(st.Bavail)*st.Bsize; most > room {
		e.add("disk_bounds", "%s may take %s, and the disk of %s has %s for that", what, size(most), dir, size(room))
	}
}

// device returns the number of the disk that a folder is on; 0 where it cannot be read.
func device(dir string) uint64 {
	var st unix.Stat_t
	if unix.Stat(dir, &st) != nil {
		return 0
	}
	return st.Dev
}

func size(bytes int64) string { return humanize.IBytes(uint64(max(bytes, 0))) }

// usedBy returns how many bytes the files of a folder have.
func usedBy(dir string) (bytes int64) {
	_ = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			if info, err := d.Info(); err == nil {
				bytes += info.Size()
			}
		}
		return nil
	})
	return bytes
}

// owners looks for files that the agent's user may not write.
func (e *examination) owners(ctx context.Context) {
	uid := e.UID
	if uid == 0 {
		if uid = e.agent.uid; uid < 0 {
			uid = os.Geteuid()
		}
	}
	var dirs []string
	for _, dir := range []string{e.config.Events.Dir, e.config.HistoryDir(), e.config.Model.CacheDir} {
		if !slices.Contains(dirs, dir) {
			dirs = append(dirs, dir)
		}
	}
	for _, dir := range dirs {
		count := 0
		first, others := "", 0
		owner := 0
		_ = filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
			if count++; err != nil || count > filesMost || ctx.Err() != nil {
				return fs.SkipAll
			}
			info, err := d.Info()
			if err != nil {
				return nil // it is gone
			}
			st := info.Sys().(*syscall.Stat_t)
			if int(st.Uid) == uid || info.Mode().Perm()&0o022 != 0 || uid == 0 {
				return nil
			}
			if others++; first == "" {
				first, owner = file, int(st.Uid)
			}
			return nil
		})
		if others > 0 {
			e.add("files_of_other_user", "%s belongs to user %d, and the agent runs as user %d; so do %d files in all", first, owner, uid, others)
		}
	}
}

// syncSpeed returns the 99th percentile of the time that a synced write takes.
func syncSpeed(ctx context.Context, dir string, long time.Duration) (p99 time.Duration, err error) {
	file, err := os.CreateTemp(dir, ".doctor-*")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, file.Close(), os.Remove(file.Name())) }()
	block := make([]byte, syncBytes)
	var times []time.Duration
	for begun := time.Now(); len(times) < syncMost && time.Since(begun) < long && ctx.Err() == nil; {
		one := time.Now()
		if _, err := file.Write(block); err != nil {
			return 0, err
		}
		if err := file.Sync(); err != nil {
			return 0, err
		}
		times = append(times, time.Since(one))
	}
	if len(times) == 0 {
		return 0, ctx.Err()
	}
	slices.Sort(times)
	return times[len(times)*99/100], nil
}
