package watchfolder

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"go.etcd.io/bbolt"
)

// mark identifies one version of a file. Inode only serves to find renamed files, since
// a share may renumber its files when it is mounted.
type mark struct {
	Size  int64  `json:"size"` // bytes
	Time  int64  `json:"time"` // of its last change, nanoseconds since 1970
	Inode uint64 `json:"inode"`
}

func (m mark) same(o mark) bool { return m.Size == o.Size && m.Time == o.Time }

// key is the mark as bytes.
func (m mark) key() []byte {
	b := binary.BigEndian.AppendUint64(nil, m.Inode)
	b = binary.BigEndian.AppendUint64(b, uint64(m.Time))
	return binary.BigEndian.AppendUint64(b, uint64(m.Size))
}

// record is one picture that has its result.
type record struct {
	mark
	Outcome
}

// records keep the pictures that have their result, in a file: by path, and the
// path by mark for those that were renamed.
type records struct {
	db        *bbolt.DB
	temporary bool
}

var (
	byPath = []byte("path")
	byMark = []byte("mark")
	newest = []byte("newest") // one entry, of the newest event
)

// lockWait is how long another process may take to close the file.
const lockWait = 2 * time.Second

func openRecords(path string) (*records, error) {
	r := &records{temporary: path == ""}
	if r.temporary {
		f, err := os.CreateTemp("", "pristine-ledger-*")
		if err != nil {
			return nil, fmt.Errorf("open ledger: %w", err)
		}
		path = f.Name()
		if err := f.Close(); err != nil {
			return nil, fmt.Errorf("open ledger: %w", err)
		}
	} else if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return nil, fmt.Errorf("open ledger: %w", err)
	}
	var err error
	if r.db, err = bbolt.Open(path, 0o640, &bbolt.Options{Timeout: lockWait, FreelistType: bbolt.FreelistMapType}); err != nil {
		return nil, fmt.Errorf("open ledger %s: %w: if it is damaged, remove it: the pictures of the folder are inspected again then", path, err)
	}
	err = r.db.Update(func(tx *bbolt.Tx) error {
		for _, name := range [][]byte{byPath, byMark, newest} {
			if _, err := tx.CreateBucketIfNotExists(name); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open ledger %s: %w", path, err), r.db.Close())
	}
	return r, nil
}

// put adds a picture, durably.
func (r *records) put(path string, rec record) error {
	return r.update(func(tx *bbolt.Tx) error {
		data, err := add(tx, path, rec)
		if err != nil {
			return err
		}
		return tx.Bucket(newest).Put(newest, data)
	})
}

// rename moves a picture's record to its new path.
func (r *records) rename(from, to string, rec record) error {
	return r.update(func(tx *bbolt.Tx) error {
		if err := remove(tx, from); err != nil {
			return err
		}
		_, err := add(tx, to, rec)
		return err
	})
}

// remove forgets pictures.
func (r *records) remove(paths ...string) error {
	return r.update(func(tx *bbolt.Tx) error {
		for _, path := range paths {
			if err := remove(tx, path); err != nil {
				return err
			}
		}
		return nil
	})
}

func (r *records) update(f func(tx *bbolt.Tx) error) error {
	if err := r.db.Update(f); err != nil {
		return fmt.Errorf("write ledger: %w", err)
	}
	return nil
}

func add(tx *bbolt.Tx, path string, rec record) ([]byte, error) {
	if err := remove(tx, path); err != nil {
		return nil, err
	}
	data, err := json.Marshal(rec)
	if err != nil {
		return nil, err
	}
	if err := tx.Bucket(byPath).Put([]byte(path), data); err != nil {
		return nil, err
	}
	return data, tx.Bucket(byMark).Put(rec.key(), []byte(path))
}

func remove(tx *bbolt.Tx, path string) error {
	paths, marks := tx.Bucket(byPath), tx.Bucket(byMark)
	var old record
	data := paths.Get([]byte(path))
	if data == nil {
		return nil
	}
	if err := json.Unmarshal(data, &old); err != nil {
		return err
	}
	if string(marks.Get(old.key())) == path {
		if err := marks.Delete(old.key()); err != nil {
			return err
		}
	}
	return paths.Delete([]byte(path))
}

// reading calls f with a view of the records.
func (r *records) reading(f func(v view) error) error {
	err := r.db.View(func(tx *bbolt.Tx) error { return f(view{tx}) })
	if err != nil {
		return fmt.Errorf("read ledger: %w", err)
	}
	return nil
}

// view reads records while it is valid.
type view struct{ tx *bbolt.Tx }

func (v view) record(path string) (rec record, known bool, err error) {
	data := v.tx.Bucket(byPath).Get([]byte(path))
	if data == nil {
		return rec, false, nil
	}
	err = json.Unmarshal(data, &rec)
	return rec, err == nil, err
}

// path returns where the picture with a mark was last.
func (v view) path(m mark) (string, bool) {
	path := v.tx.Bucket(byMark).Get(m.key())
	return string(path), path != nil
}

// each calls f with every path.
func (v view) each(f func(path string)) error {
	return v.tx.Bucket(byPath).ForEach(func(path, _ []byte) error {
		f(string(path))
		return nil
	})
}

// some calls f with up to n records from a path on. It returns the path of the next
// one, "" after the last.
func (v view) some(from string, n int, f func(path string, rec record)) (string, error) {
	c := v.tx.Bucket(byPath).Cursor()
	for path, data := c.Seek([]byte(from)); path != nil; path, data = c.Next() {
		if n--; n < 0 {
			return string(path), nil
		}
		var rec record
		if err := json.Unmarshal(data, &rec); err != nil {
			return "", err
		}
		f(string(path), rec)
	}
	return "", nil
}

// sequence returns that of the record that was put last. Where there is none, it
// keeps and returns the given one.
func (r *records) sequence(first uint64) (uint64, error) {
	rec := record{Outcome: Outcome{Sequence: first}}
	err := r.update(func(tx *bbolt.Tx) error {
		b := tx.Bucket(newest)
		if data := b.Get(newest); data != nil {
			return json.Unmarshal(data, &rec)
		}
		data, err := json.Marshal(rec)
		if err != nil {
			return err
		}
		return b.Put(newest, data)
	})
	return rec.Sequence, err
}

func (r *records) close() error {
	path := r.db.Path()
	err := r.db.Close()
	if r.temporary {
		err = errors.Join(err, os.Remove(path))
	}
	if err != nil {
		return fmt.Errorf("close ledger: %w", err)
	}
	return nil
}
