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

// store is a folder with one file per entry: a checksum and the entry. A file gets its
// name only when it is complete, so that processes need no lock.
type store struct {
	room room // used by the writing goroutine only

	once   sync.Once
	usable bool

	buffers sync.Pool // of *buffer; entries have only a few sizes
}

// largest is the largest file in bytes. No model returns that much for a picture.
const largest = 64 << 20

// noted is the resolution of a file's time of last use. Each change of it is a write.
const noted = time.Hour

func newStore(dir string) *store { return &store{room: room{dir: dir, max: MaxBytes}} }

// open creates the folder once and reports whether it is usable.
func (s *store) open() bool {
	s.once.Do(func() { s.usable = os.MkdirAll(s.room.dir, 0o755) == nil })
	return s.usable
}

// path returns the file of an entry.
func (s *store) path(k key) string {
	name := hex.EncodeToString(k[:])
	return filepath.Join(s.room.dir, name[:2], name[2:])
}

// buffer is the content of a file.
type buffer struct{ data []byte }

// buffer returns a buffer of the given size.
func (s *store) buffer(bytes int) *buffer {
	b, _ := s.buffers.Get().(*buffer)
	if b == nil || cap(b.data) < bytes {
		b = &buffer{make([]byte, bytes)}
	}
	b.data = b.data[:bytes]
	return b
}

func (s *store) giveBack(b *buffer) { s.buffers.Put(b) }

// checksumBytes is the size of the checksum at the start of a file.
const checksumBytes = 4

// sum returns the checksum of an entry with its key, so that a renamed file is detected.
func sum(k key, data []byte) uint32 {
	table := crc32.MakeTable(crc32.Castagnoli)
	return crc32.Update(crc32.Checksum(k[:], table), table, data)
}

// get calls use with an entry and returns its result. It returns false if there is no
// intact entry. The data are valid until use returns.
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

// put writes an entry if there is room. In file it follows checksumBytes. An entry that
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
