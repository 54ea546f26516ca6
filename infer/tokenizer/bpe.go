package tokenizer

import (
	"fmt"
	"slices"
)

// bpe is byte-pair encoding: a word's letters are merged, the pair that was
// learnt first before the others.
type bpe struct {
	vocabulary map[string]int64
	merges     map[[2]int64]merge
	suffix     string      // of a word's last letter
	unknownID  int64       // −1: letters that are not known are dropped
	fuse       bool        // unknown letters side by side are one unknown token
	bytes      *[256]int64 // of a letter that is not known; nil: there are none
	knowsAll   bool
}

type merge struct {
	rank int
	id   int64
}

func (m *modelSettings) bpe(vocabulary map[string]int64) (model, error) {
	switch {
	case m.Dropout != nil && *m.Dropout != 0:
		return nil, fmt.Errorf("%w: BPE with dropout", ErrUnsupported)
	case m.IgnoreMerges || m.ContinuingPrefix != "":
		return nil, fmt.Errorf("%w: BPE with ignore_merges or a continuing prefix", ErrUnsupported)
	}
	b := &bpe{vocabulary: vocabulary, merges: make(map[[2]int64]merge, len(m.Merges)), suffix: m.EndOfWordSuffix, unknownID: -1, fuse: m.FuseUnknown}
	if m.ByteFallback {
		b.bytes = new([256]int64)
		for i := range b.bytes {
			id, ok := vocabulary[fmt.Sprintf("<0x%02X>", i)]
			if !ok {
				return nil, fmt.Errorf("%w: BPE with byte_fallback, but without the token <0x%02X>", ErrUnsupported, i)
			}
			b.bytes[i] = id
		}
	}
	if m.UnknownToken != "" {
		id, ok := vocabulary[m.UnknownToken]
		if !ok {
			return nil, fmt.Errorf("the vocabulary has no %q", m.UnknownToken)
		}
		b.unknownID = id
	}
	for rank, pair := range m.Merges {
		left, okLeft := vocabulary[pair[0]]
		right, okRight := vocabulary[pair[1]]
		both, ok := vocabulary[pair[0]+pair[1]]
		if !okLeft || !okRight || !ok {
			return nil, fmt.Errorf("merge %d joins %q and %q, which the vocabulary does not have, nor both together", rank, pair[0], pair[1])
		}
		b.merges[[2]int64{left, right}] = merge{rank, both}
	}
	b.knowsAll = true // all that is asked of it: byte letters, or bytes
	for _, letter := range byteLetters() {
		if b.bytes != nil {
			break
		}
		_, inside := vocabulary[string(letter)]
		_, last := vocabulary[string(letter)+b.suffix]
		b.knowsAll = b.knowsAll && inside && last
	}
	return b, nil
}

func (b *bpe) unknown() int64 {
	if b.knowsAll {
		return -1 // CLIP's unknown token is the one that ends a text
	}
	return b.unknownID
}

func (b *bpe) appendIDs(ids []int64, piece string) []int64 {
	letters := []rune(piece)
	word, unknown := make([]int64, 0, len(letters)), false
	for i, r := range letters {
		letter := string(r)
		if i == len(letters)-1 {
			letter += b.suffix
		}
		id, ok := b.vocabulary[letter]
		switch {
		case ok:
			word = append(word, id)
		case b.bytes != nil:
			for _, c := range []byte(letter) {
				word = append(word, b.bytes[c])
			}
		case b.unknownID >= 0 && (!b.fuse || !unknown):
			word = append(word, b.unknownID)
		}
		unknown = !ok && b.bytes == nil
	}
	for {
		at, m, ok := b.first(word)
		if !ok {
			return append(ids, word...)
		}
		word[at] = m.id
		word = slices.Delete(word, at+1, at+2)
	}
}

// first finds the pair that was learnt first, of several the leftmost.
func (b *bpe) first(word []int64) (at int, best merge, ok bool) {
	for i := 1; i < len(word); i++ {
		if m, known := b.merges[[2]int64{word[i-1], word[i]}]; known && (!ok || m.rank < best.rank) {
			at, best, ok = i-1, m, true
		}
	}
	return at, best, ok
}
