package picturecache

import (
	"encoding/binary"
	"encoding/hex"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// store is a folder of entries, each a file: a checksum, and what the entry holds. A
// file gets its name when it is complete, so that processes need not wait for one
// another.
type store struct {
	room room // of the one goroutine that writes

	once   sync.Once
	usable bool

	buffers sync.Pool // of files: they are of a few sizes
}

// largest bounds a file: no model returns so much for a picture.
const largest = 64 << 20

// noted is how exactly a file's time says when it was used last: a change of it is
// written to the disk, too.
const noted = time.Hour

func newStore(dir string) *store { return &store{room: room{dir: dir, max: MaxBytes}} }

// open makes the folder once, and reports whether it is of use.
func (s *store) open() bool {
	s.once.Do(func() { s.usable = os.MkdirAll(s.room.dir, 0o755) == nil })
	return s.usable
}

// path returns an entry's file.
func (s *store) path(k key) string {
	name := hex.EncodeToString(k[:])
	return filepath.Join(s.room.dir, name[:2], name[2:])
}

// buffer is memory of a file.
type buffer struct{ data []byte }

// buffer returns memory of so many bytes.
func (s *store) buffer(bytes int) *buffer {
	b, _ := s.buffers.Get().(*buffer)
	if b == nil || cap(b.data) < bytes {
		b = &buffer{make([]byte, bytes)}
	}
	b.data = b.data[:bytes]
	return b
}

func (s *store) giveBack(b *buffer) { s.buffers.Put(b) }

// checksumBytes stand at the beginning of a file.
const checksumBytes = 4

// sum returns the checksum of an entry and its key, so that it is none of another's.
func sum(k key, data []byte) uint32 {
	table := crc32.MakeTable(crc32.Castagnoli)
	return crc32.Update(crc32.Checksum(k[:], table), table, data)
}

// get calls use with an entry, which is valid until it returns, and returns what that
// returns; false where there is none, or it is not what was written.
func (s *store) get(k key, use func(data []byte) bool) bool {
	f, err := os.Open(s.path(k))
	if err != nil {
		return false
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || info.Size() < checksumBytes || info.Size() > largest {
		return false
	}
	file := s.buffer(int(info.Size()))
	defer s.giveBack(file)
	if _, err := io.ReadFull(f, file.data); err != nil {
		return false
	}
	data := file.data[checksumBytes:]
	if binary.LittleEndian.Uint32(file.data) != sum(k, data) {
		return false
	}
	if now := time.Now(); now.Sub(info.ModTime()) > noted {
		_ = os.Chtimes(f.Name(), now, now)
	}
	return use(data)
}

// put writes an entry where there is room; file has checksumBytes before it. What
// cannot be written is encoded again the next time.
func (s *store) put(k key, file []byte) {
	if len(file) > largest || !s.room.make(int64(len(file))) {
		return
	}
	binary.LittleEndian.PutUint32(file, sum(k, file[checksumBytes:]))
	path := s.path(k)
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if os.IsNotExist(err) {
		if err = os.Mkdir(filepath.Dir(path), 0o755); err == nil || os.IsExist(err) {
			f, err = os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
		}
	}
	if err != nil {
		return
	}
	_, err = f.Write(file)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
}
