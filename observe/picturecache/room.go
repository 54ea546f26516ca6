package picturecache

import (
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// MaxBytes is the largest total size of a folder's files.
const MaxBytes = 1 << 30

const (
	// The files take at most 1/shareOfFree of the free space.
	shareOfFree = 10
	// Nothing is written to a disk with less than 1/leastFree of its space free.
	leastFree = 20
	// The files are counted again after recount bytes, since other processes write too.
	recount = 64 << 20
)

// room limits the size of a folder.
type room struct {
	dir     string
	max     int64 // MaxBytes
	counted bool
	used    int64 // bytes of all files when counted, and those written since
	since   int64 // bytes written since they were counted
}

// make makes room for n more bytes and reports whether it succeeded.
func (r *room) make(n int64) bool {
	var disk unix.Statfs_t
	if err := unix.Statfs(r.dir, &disk); err != nil || disk.Bavail < disk.Blocks/leastFree {
		return false
	}
	var all []entryFile
	if !r.counted || r.since >= recount {
		all = r.count()
	}
	limit := func() int64 { return min(r.max, (int64(disk.Bavail)*disk.Bsize+r.used)/shareOfFree) }
	if n > limit() {
		return false
	}
	if r.used+n > limit() {
		if all == nil {
			all = r.count()
		}
		r.evict(all, limit()*9/10-n)
	}
	if r.used+n > limit() {
		return false
	}
	r.used, r.since = r.used+n, r.since+n
	return true
}

// entryFile is the file of an entry, complete or left behind by a killed process.
type entryFile struct {
	path string
	size int64
	used time.Time
}

// count counts the files.
func (r *room) count() []entryFile {
	r.used, r.since, r.counted = 0, 0, true
	names, _ := filepath.Glob(filepath.Join(r.dir, "[0-9a-f][0-9a-f]", "*")) // the pattern is good
	all := make([]entryFile, 0, len(names))
	for _, name := range names {
		info, err := os.Lstat(name)
		if err == nil && info.Mode().IsRegular() && named(info.Name()) { // otherwise it was removed meanwhile or is not ours
			all, r.used = append(all, entryFile{name, info.Size(), info.ModTime()}), r.used+info.Size()
		}
	}
	return all
}

// named reports whether a file has the name of an entry, or begins with it.
func named(file string) bool {
	name, _, _ := strings.Cut(file, ".")
	rest, err := hex.DecodeString(name)
	return err == nil && len(rest) == len(key{})-1
}

// evict removes the least recently used files until the others have at most most bytes.
func (r *room) evict(all []entryFile, most int64) {
	slices.SortFunc(all, func(a, b entryFile) int { return a.used.Compare(b.used) })
	for _, f := range all {
		if r.used <= most {
			return
		}
		if os.Remove(f.path) == nil {
			r.used -= f.size
		}
	}
}
