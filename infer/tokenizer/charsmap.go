package tokenizer

import (
	"encoding/binary"
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// charsmap is SentencePiece's normaliser: a trie of byte strings, and what
// each becomes. The trie is a double array as darts-clone 0.32 stores it.
type charsmap struct {
	units      []uint32
	normalized string // all results, each ended by a zero byte
}

func parseCharsmap(data []byte) (*charsmap, error) {
	if len(data) < 4 {
		return nil, errors.New("the precompiled charsmap is cut short")
	}
	size := uint64(binary.LittleEndian.Uint32(data))
	if size%4 != 0 || size > uint64(len(data)-4) {
		return nil, errors.New("the precompiled charsmap is damaged: its trie does not fit")
	}
	m := &charsmap{normalized: string(data[4+size:])}
	for i := uint64(4); i < 4+size; i += 4 {
		m.units = append(m.units, binary.LittleEndian.Uint32(data[i:]))
	}
	return m, nil
}

// maxGrapheme is the bytes from which on a grapheme is taken letter by letter,
// as Hugging Face's spm_precompiled does it.
const maxGrapheme = 6

func (m *charsmap) normalise(text string) string {
	var b strings.Builder
	for state := -1; text != ""; {
		var grapheme string
		grapheme, text, _, state = uniseg.FirstGraphemeClusterInString(text, state)
		if len(grapheme) < maxGrapheme {
			if to, ok := m.lookup(grapheme); ok {
				b.WriteString(to)
				continue
			}
		}
		for len(grapheme) > 0 {
			_, n := utf8.DecodeRuneInString(grapheme)
			if to, ok := m.lookup(grapheme[:n]); ok {
				b.WriteString(to)
			} else {
				b.WriteString(grapheme[:n])
			}
			grapheme = grapheme[n:]
		}
	}
	return b.String()
}

// lookup returns what the shortest known beginning of a key becomes. That the
// rest of the key is dropped is what the original does.
func (m *charsmap) lookup(key string) (string, bool) {
	if len(m.units) == 0 {
		return "", false
	}
	at := offset(m.units[0])
	for _, c := range []byte(key) {
		if c == 0 {
			return "", false
		}
		at ^= uint32(c)
		if int64(at) >= int64(len(m.units)) {
			return "", false
		}
		unit := m.units[at]
		if unit&(1<<31|0xFF) != uint32(c) { // its label
			return "", false
		}
		at ^= offset(unit)
		if unit>>8&1 == 1 && int64(at) < int64(len(m.units)) { // it has a value
			return m.result(m.units[at] & (1<<31 - 1))
		}
	}
	return "", false
}

func offset(unit uint32) uint32 { return unit >> 10 << ((unit & (1 << 9)) >> 6) }

func (m *charsmap) result(from uint32) (string, bool) {
	if int64(from) >= int64(len(m.normalized)) {
		return "", false
	}
	to, _, _ := strings.Cut(m.normalized[from:], "\x00")
	return to, true
}
