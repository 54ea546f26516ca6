package textcache

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// Encoder returns the embedding of each text.
type Encoder interface {
	Encode(ctx context.Context, texts []string) ([][]float32, error)
}

// MaxBytes is the size of the file above which it is recreated.
const MaxBytes = 64 << 20

// patience is how long Encode waits for another process that has the file open.
const patience = time.Second

// Cache is an encoder with a cache on the disk.
type Cache struct {
	file    string
	bundle  []byte
	encoder Encoder
}

// New returns a caching encoder. The file and its folder are created when the first text
// is encoded.
func New(file, bundleHash string, encoder Encoder) *Cache {
	return &Cache{file, []byte(bundleHash), encoder}
}

// Encode returns the embedding of each text. The encoder encodes those that are not in
// the file, and its errors are returned.
func (c *Cache) Encode(ctx context.Context, texts []string) ([][]float32, error) {
	found := c.read(texts)
	var missing []string
	for i, text := range texts {
		if found[i] == nil {
			missing = append(missing, text)
		}
	}
	if len(missing) == 0 {
		return found, nil
	}
	fresh, err := c.encoder.Encode(ctx, missing)
	if err != nil {
		return nil, err
	}
	if len(fresh) != len(missing) {
		return nil, fmt.Errorf("encode texts: %d embeddings for %d texts", len(fresh), len(missing))
	}
	next := 0
	for i := range found {
		if found[i] == nil {
			found[i] = fresh[next]
			next++
		}
	}
	c.write(missing, fresh)
	return found, nil
}

// read returns the embeddings in the file, and nil for the others.
func (c *Cache) read(texts []string) [][]float32 {
	found := make([][]float32, len(texts))
	db := c.open()
	if db == nil {
		return found
	}
	defer func() { _ = db.Close() }()
	_ = db.View(func(tx *bbolt.Tx) error {
		if bucket := tx.Bucket(c.bundle); bucket != nil {
			for i, text := range texts {
				found[i] = decode(bucket.Get([]byte(text)))
			}
		}
		return nil
	})
	return found
}

// write adds embeddings to the file. A text that cannot be written is encoded again the
// next time.
func (c *Cache) write(texts []string, embeddings [][]float32) {
	db := c.open()
	if db == nil {
		return
	}
	defer func() { _ = db.Close() }()
	_ = db.Update(func(tx *bbolt.Tx) error {
		bucket, err := tx.CreateBucketIfNotExists(c.bundle)
		for i := 0; i < len(texts) && err == nil; i++ {
			if texts[i] != "" && len(texts[i]) <= bbolt.MaxKeySize {
				err = bucket.Put([]byte(texts[i]), encode(embeddings[i]))
			}
		}
		return err
	})
}

// open opens the file, or returns nil if it cannot. The caller closes it soon, since
// only one process can have it open.
func (c *Cache) open() *bbolt.DB {
	if err := os.MkdirAll(filepath.Dir(c.file), 0o755); err != nil {
		return nil
	}
	if info, err := os.Stat(c.file); err == nil && info.Size() > MaxBytes {
		_ = os.Remove(c.file)
	}
	options := &bbolt.Options{Timeout: patience}
	db, err := bbolt.Open(c.file, 0o644, options)
	if errors.Is(err, bolterrors.ErrInvalid) || errors.Is(err, bolterrors.ErrChecksum) || errors.Is(err, bolterrors.ErrVersionMismatch) {
		_ = os.Remove(c.file)
		db, err = bbolt.Open(c.file, 0o644, options)
	}
	if err != nil {
		return nil
	}
	return db
}

func encode(embedding []float32) []byte {
	data := make([]byte, 0, 4*len(embedding))
	for _, v := range embedding {
		data = binary.LittleEndian.AppendUint32(data, math.Float32bits(v))
	}
	return data
}

func decode(data []byte) []float32 {
	if len(data) == 0 || len(data)%4 != 0 {
		return nil
	}
	v := make([]float32, len(data)/4)
	for i := range v {
		v[i] = math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:]))
	}
	return v
}
