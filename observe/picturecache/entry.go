package picturecache

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"pristine/infer"
)

// entryVersion is raised with each change of what a key is made of or an entry holds.
const entryVersion = 1

// key names the outputs of a part of a picture.
type key [sha256.Size]byte

// keyOf returns the key of a picture: of the part that is encoded, wherever it lies.
func keyOf(origin string, p *infer.Picture) (k key) {
	h, r := sha256.New(), region(p)
	fmt.Fprintf(h, "%d %q %d %d×%d ", entryVersion, origin, p.For, r.Dx(), r.Dy())
	for y := r.Min.Y; y < r.Max.Y; y++ {
		h.Write(p.Pix[3*(y*p.Width+r.Min.X) : 3*(y*p.Width+r.Max.X)])
	}
	h.Sum(k[:0])
	return k
}

// outputs returns where the outputs are, in the order of an entry.
func outputs(o *infer.Output) [3]*[]float32 {
	return [...]*[]float32{&o.Embedding, &o.PatchEmbeddings, &o.PatchFeatures}
}

// entryBytes returns the size of an entry.
func entryBytes(o *infer.Output) int {
	size := 0
	for _, v := range outputs(o) {
		size += 4 + 4*len(*v)
	}
	return size
}

// encode writes an entry into data, which has its size: the length of each output, and
// the bits of its numbers.
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

// decode reads an entry into an output, in its memory where that is large enough. It
// reports whether it is one; if not, the output is as it was.
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
