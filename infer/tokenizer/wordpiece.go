package tokenizer

import "fmt"

// wordPiece is BERT's model.
type wordPiece struct {
	vocabulary map[string]int64
	prefix     string // of a piece inside a word
	maxRunes   int    // longer words are unknown
	unknownID  int64
}

func (m *modelSettings) wordPiece(vocabulary map[string]int64) (model, error) {
	w := &wordPiece{vocabulary: vocabulary, prefix: m.ContinuingPrefix, maxRunes: 100}
	if m.MaxChars != nil {
		w.maxRunes = *m.MaxChars
	}
	var ok bool
	if w.unknownID, ok = vocabulary[m.UnknownToken]; !ok {
		return nil, fmt.Errorf("the vocabulary has no %q", m.UnknownToken)
	}
	return w, nil
}

func (w *wordPiece) unknown() int64 { return w.unknownID }

// appendIDs splits a word greedily into the longest known pieces; a word with
// a part that is not known is unknown as a whole.
func (w *wordPiece) appendIDs(ids []int64, piece string) []int64 {
	word := []rune(piece)
	if len(word) > w.maxRunes {
		return append(ids, w.unknownID)
	}
	start := len(ids)
	for from := 0; from < len(word); {
		id, to, ok := w.longest(word, from)
		if !ok {
			return append(ids[:start], w.unknownID)
		}
		ids, from = append(ids, id), to
	}
	return ids
}

// longest finds the longest known piece of a word that begins at from.
func (w *wordPiece) longest(word []rune, from int) (id int64, to int, ok bool) {
	prefix := ""
	if from > 0 {
		prefix = w.prefix
	}
	for to := len(word); to > from; to-- {
		if id, ok := w.vocabulary[prefix+string(word[from:to])]; ok {
			return id, to, true
		}
	}
	return 0, from, false
}
