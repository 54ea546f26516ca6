package search

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"syscall"

	"github.com/google/renameio/v2"
)

// magic begins a file; the digit is the version of the layout.
var magic = []byte("PRISTIX1")

// The layout: magic, bundle hash in hex, numbers of vectors, of dimensions and
// of bytes of names, little endian; then names, stamps, scales and vectors, so
// that what is small comes first.
const headerSize = 8 + 64 + 3*8

// ErrIndex is returned within an error when a file is no index, or damaged.
var ErrIndex = errors.New("not a usable index: remove it, and it is made again")

// ErrBundle is returned within an error when an index was made with another
// bundle.
var ErrBundle = errors.New("the index was made with another bundle")

// Stamp reports whether a file is the one that was encoded.
type Stamp struct {
	Size     int64
	Modified int64 // Unix nanoseconds
}

// Entry is a picture with its embedding.
type Entry struct {
	Name   string
	Stamp  Stamp
	Vector Code
}

// Index is an open index.
type Index struct {
	Bundle string
	dim, n int

	mapped  []byte
	names   []byte // each ends with a zero byte
	starts  []int
	stamps  []byte
	scales  []byte
	vectors []byte // [n, dim]
}

// Write replaces the file by an index of the entries, whose vectors have dim
// numbers each. The bundle's hash has 64 digits.
func Write(file, bundle string, dim int, entries []Entry) error {
	if len(bundle) != 64 {
		return fmt.Errorf("write index: the bundle's hash has %d digits, not 64", len(bundle))
	}
	pending, err := renameio.NewPendingFile(file, renameio.WithPermissions(0o644))
	if err != nil {
		return fmt.Errorf("write index: %w", err)
	}
	defer func() { _ = pending.Cleanup() }()
	w := bufio.NewWriterSize(pending, 1<<20)
	if err := write(w, bundle, dim, entries); err != nil {
		return fmt.Errorf("write index: %w", err)
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("write index: %w", err)
	}
	if err := pending.CloseAtomicallyReplace(); err != nil {
		return fmt.Errorf("write index: %w", err)
	}
	return nil
}

func write(w io.Writer, bundle string, dim int, entries []Entry) error {
	var names bytes.Buffer
	for _, e := range entries {
		if len(e.Vector.Bytes) != dim || bytes.IndexByte([]byte(e.Name), 0) >= 0 {
			return fmt.Errorf("%q has %d numbers, wanted %d", e.Name, len(e.Vector.Bytes), dim)
		}
		names.WriteString(e.Name)
		names.WriteByte(0)
	}
	header := append(append([]byte(nil), magic...), bundle...)
	for _, v := range []int{len(entries), dim, names.Len()} {
		header = binary.LittleEndian.AppendUint64(header, uint64(v))
	}
	parts := [][]byte{header, names.Bytes()}
	var stamps, scales []byte
	for _, e := range entries {
		stamps = binary.LittleEndian.AppendUint64(stamps, uint64(e.Stamp.Size))
		stamps = binary.LittleEndian.AppendUint64(stamps, uint64(e.Stamp.Modified))
		scales = binary.LittleEndian.AppendUint32(scales, math.Float32bits(e.Vector.Scale))
	}
	for _, part := range append(parts, stamps, scales) {
		if _, err := w.Write(part); err != nil {
			return err
		}
	}
	for _, e := range entries {
		if _, err := w.Write(e.Vector.Bytes); err != nil {
			return err
		}
	}
	return nil
}

// Open maps an index that was made with a bundle. It returns os.ErrNotExist
// within its error where there is none.
func Open(file, bundle string) (*Index, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("open index: %w", err)
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("open index: %w", err)
	}
	if info.Size() < headerSize || info.Size() > math.MaxInt {
		return nil, fmt.Errorf("open index %s: %w", file, ErrIndex)
	}
	mapped, err := syscall.Mmap(int(f.Fd()), 0, int(info.Size()), syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		return nil, fmt.Errorf("open index %s: %w", file, err)
	}
	x, err := parse(mapped)
	if err == nil && x.Bundle != bundle {
		err = fmt.Errorf("%w (%.12s, this is %.12s)", ErrBundle, x.Bundle, bundle)
	}
	if err != nil {
		_ = syscall.Munmap(mapped)
		return nil, fmt.Errorf("open index %s: %w", file, err)
	}
	x.mapped = mapped
	return x, nil
}

// parse finds the parts of a file; what does not add up is ErrIndex.
func parse(data []byte) (*Index, error) {
	if len(data) < headerSize || !bytes.Equal(data[:8], magic) {
		return nil, ErrIndex
	}
	x := &Index{Bundle: string(data[8:72])}
	var sizes [3]uint64
	for i := range sizes {
		sizes[i] = binary.LittleEndian.Uint64(data[72+8*i:])
		if sizes[i] > uint64(len(data)) {
			return nil, ErrIndex
		}
	}
	n, dim, names := sizes[0], sizes[1], sizes[2]
	if dim == 0 || n > 0 && dim > uint64(len(data))/n || headerSize+names+n*(16+4+dim) != uint64(len(data)) {
		return nil, ErrIndex
	}
	x.n, x.dim = int(n), int(dim)
	rest := data[headerSize:]
	take := func(size uint64) []byte {
		part := rest[:size:size]
		rest = rest[size:]
		return part
	}
	x.names, x.stamps, x.scales, x.vectors = take(names), take(16*n), take(4*n), take(n*dim)
	x.starts = make([]int, 0, n+1)
	for at := 0; len(x.starts) < x.n; {
		end := bytes.IndexByte(x.names[at:], 0)
		if end < 0 {
			return nil, ErrIndex
		}
		x.starts = append(x.starts, at)
		at += end + 1
	}
	x.starts = append(x.starts, len(x.names))
	if x.n > 0 && bytes.Count(x.names, []byte{0}) != x.n || x.n == 0 && len(x.names) > 0 {
		return nil, ErrIndex
	}
	return x, nil
}

// Len is the number of vectors.
func (x *Index) Len() int { return x.n }

// Dim is the number of numbers of a vector.
func (x *Index) Dim() int { return x.dim }

// Vectors are all of them, [n, dim], a byte a number. They belong to the index
// and end with it.
func (x *Index) Vectors() []byte { return x.vectors }

// Name is that of a picture.
func (x *Index) Name(i int) string { return string(x.names[x.starts[i] : x.starts[i+1]-1]) }

// Entry copies one out.
func (x *Index) Entry(i int) Entry {
	return Entry{
		Name: x.Name(i),
		Stamp: Stamp{
			Size:     int64(binary.LittleEndian.Uint64(x.stamps[16*i:])),
			Modified: int64(binary.LittleEndian.Uint64(x.stamps[16*i+8:])),
		},
		Vector: Code{Scale: x.scale(i), Bytes: bytes.Clone(x.vectors[i*x.dim : (i+1)*x.dim])},
	}
}

func (x *Index) scale(i int) float32 {
	return math.Float32frombits(binary.LittleEndian.Uint32(x.scales[4*i:]))
}

// Close unmaps the file.
func (x *Index) Close() error {
	if x.mapped == nil {
		return nil
	}
	mapped := x.mapped
	x.mapped = nil
	return syscall.Munmap(mapped)
}
