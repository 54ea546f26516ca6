package picturecache

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"pristine/infer"
)

// entryVersion must be raised by every change of the key or of the format.
const entryVersion = 1

// key identifies the outputs for a region of a picture.
type key [sha256.Size]byte

// keyOf returns the key of a picture. The position of the region does not matter.
func keyOf(origin string, p *infer.Picture) (k key) {
	h, size := sha256.New(), p.Bounds().Size()
	fmt.Fprintf(h, "%d %q %d %d×%d ", entryVersion, origin, p.For, size.X, size.Y)
	_ = p.WritePixels(h) // a hash never fails
	h.Sum(k[:0])
	return k
}

// outputs returns pointers to the outputs, in the order of an entry.
func outputs(o *infer.Output) [3]*[]float32 {
	return [...]*[]float32{&o.Embedding, &o.PatchEmbeddings, &o.PatchFeatures}
}

// entryBytes returns the size of an entry in bytes.
func entryBytes(o *infer.Output) int {
	size := 0
	for _, v := range outputs(o) {
		size += 4 + 4*len(*v)
	}
	return size
}

// encode writes an entry into data, which must have entryBytes: the length of each
// output, then the bits of its numbers.
func encode(data []byte, o *infer.Output) {
	for _, v := range outputs(o) {
		binary.LittleEndian.PutUint32(data, uint32(len(*v)))
		data = data[4:]
	}
	for _, v := range outputs(o) {
		to := data[:4*len(*v)]
		for i, x := range *v {
			binary.LittleEndian.PutUint32(to[4*i:4*i+4], math.Float32bits(x))
		}
		data = data[len(to):]
	}
}

// decode reads an entry into an output and reuses its memory. It reports whether data is
// an entry; if not, the output is unchanged.
func decode(data []byte, o *infer.Output) bool {
	all := outputs(o)
	head := 4 * len(all)
	if len(data) < head {
		return false
	}
	var counts [len(all)]int
	sum := 0
	for i := range counts {
		counts[i] = int(binary.LittleEndian.Uint32(data[4*i:]))
		sum += counts[i]
	}
	if sum == 0 || len(data) != head+4*sum {
		return false
	}
	data = data[head:]
	for i, v := range all {
		to := slices.Grow((*v)[:0], counts[i])[:counts[i]]
		for k := range to {
			to[k] = math.Float32frombits(binary.LittleEndian.Uint32(data[4*k : 4*k+4]))
		}
		*v, data = to, data[4*counts[i]:]
	}
	return true
}
