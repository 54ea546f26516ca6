package tokenizer

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"strings"
)

// ErrUnsupported is returned within an error when a tokenizer.json asks for a
// step that this package does not know.
var ErrUnsupported = errors.New("the tokenizer is not supported")

// Tokenizer makes token ids of text.
type Tokenizer struct {
	kind           string
	added          []addedToken
	normalise      normaliser
	split          splitter
	model          model
	prefix, suffix []int64
	pad            int64
	vocabulary     map[string]int64
}

// model returns the ids of one piece of text.
type model interface {
	appendIDs(ids []int64, piece string) []int64
	unknown() int64 // the id of what it does not know, −1 where it knows all
}

type (
	normaliser func(string) string
	splitter   func([]string) []string
)

// Load reads a tokenizer.json.
func Load(path string) (*Tokenizer, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read tokenizer: %w", err)
	}
	t, err := Parse(data)
	if err != nil {
		return nil, fmt.Errorf("read tokenizer %s: %w", path, err)
	}
	return t, nil
}

// Parse reads the text of a tokenizer.json.
func Parse(data []byte) (*Tokenizer, error) {
	var f file
	if err := json.Unmarshal(data, &f); err != nil {
		return nil, err
	}
	t := &Tokenizer{kind: f.Model.Type, pad: -1}
	var err error
	var vocabulary map[string]int64
	if t.model, vocabulary, err = f.Model.build(); err != nil {
		return nil, err
	}
	t.vocabulary = maps.Clone(vocabulary) // the model must not see the added tokens
	if t.normalise, err = f.Normalizer.normaliser(); err != nil {
		return nil, err
	}
	if t.split, err = f.PreTokenizer.splitter(); err != nil {
		return nil, err
	}
	if t.prefix, t.suffix, err = f.PostProcessor.affixes(); err != nil {
		return nil, err
	}
	if f.Padding != nil {
		t.pad = f.Padding.ID
	}
	return t, t.add(f.Added)
}

// Lowercase makes the tokenizer lower-case texts before its own normaliser, as
// some models were trained without their tokenizer.json saying so.
func (t *Tokenizer) Lowercase() {
	normalise := t.normalise
	t.normalise = func(text string) string { return normalise(lowercase(text)) }
	for i := range t.added {
		if t.added[i].Normalized {
			t.added[i].Content = lowercase(t.added[i].Content)
		}
	}
}

// Kind names the model: BPE, WordPiece or Unigram.
func (t *Tokenizer) Kind() string { return t.kind }

// Pad is the id that the file pads with, −1 where it names none.
func (t *Tokenizer) Pad() int64 { return t.pad }

// ID returns the id of a token of the vocabulary.
func (t *Tokenizer) ID(token string) (int64, bool) {
	id, ok := t.vocabulary[token]
	return id, ok
}

// MaxID is the largest id that Encode can give.
func (t *Tokenizer) MaxID() int64 {
	var largest int64
	for _, id := range t.vocabulary {
		largest = max(largest, id)
	}
	return largest
}

// Encode returns the ids of a text, with the special tokens around it, neither
// padded nor cut. Bytes that are no UTF-8 count as U+FFFD.
func (t *Tokenizer) Encode(text string) []int64 {
	ids := append([]int64(nil), t.prefix...)
	for _, part := range extract(strings.ToValidUTF8(text, "\uFFFD"), t.added, false) {
		if part.token {
			ids = append(ids, part.id)
			continue
		}
		for _, part := range extract(t.normalise(part.text), t.added, true) {
			if part.token {
				ids = append(ids, part.id)
				continue
			}
			for _, piece := range t.split([]string{part.text}) {
				ids = t.model.appendIDs(ids, piece)
			}
		}
	}
	return append(ids, t.suffix...)
}

// Unknown counts the pieces of a text that the vocabulary does not know at
// all. CLIP's BPE knows every byte, so it never has any.
func (t *Tokenizer) Unknown(text string) int {
	n, unknown := 0, t.model.unknown()
	for _, id := range t.Encode(text) {
		if id == unknown {
			n++
		}
	}
	return n
}
