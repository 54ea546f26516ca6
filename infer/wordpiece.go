package infer

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// wordPiece is BERT's uncased tokenizer, read from a Hugging Face
// tokenizer.json. The Go ports that exist differ from the original in accents
// and control characters; this one is held equal to it by golden ids.
type wordPiece struct {
	vocabulary        map[string]int64
	prefix            string // of a piece inside a word
	maxRunes          int    // longer words are unknown
	unknown, cls, sep int64
}

type tokenizerFile struct {
	Normalizer struct {
		Type         string `json:"type"`
		StripAccents *bool  `json:"strip_accents"`
		Lowercase    bool   `json:"lowercase"`
	} `json:"normalizer"`
	PreTokenizer struct {
		Type string `json:"type"`
	} `json:"pre_tokenizer"`
	Model struct {
		Type     string           `json:"type"`
		Unknown  string           `json:"unk_token"`
		Prefix   string           `json:"continuing_subword_prefix"`
		MaxChars int              `json:"max_input_chars_per_word"`
		Vocab    map[string]int64 `json:"vocab"`
	} `json:"model"`
}

func loadWordPiece(path string) (*wordPiece, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read tokenizer: %w", err)
	}
	w, err := parseWordPiece(data)
	if err != nil {
		return nil, fmt.Errorf("read tokenizer %s: %w", path, err)
	}
	return w, nil
}

func parseWordPiece(data []byte) (*wordPiece, error) {
	var f tokenizerFile
	if err := json.Unmarshal(data, &f); err != nil {
		return nil, err
	}
	if f.Model.Type != "WordPiece" || f.Normalizer.Type != "BertNormalizer" || f.PreTokenizer.Type != "BertPreTokenizer" || !f.Normalizer.Lowercase {
		return nil, errors.New("only BERT's uncased WordPiece is supported")
	}
	w := &wordPiece{vocabulary: f.Model.Vocab, prefix: f.Model.Prefix, maxRunes: f.Model.MaxChars}
	for _, special := range []struct {
		token string
		id    *int64
	}{{f.Model.Unknown, &w.unknown}, {"[CLS]", &w.cls}, {"[SEP]", &w.sep}} {
		id, ok := w.vocabulary[special.token]
		if !ok {
			return nil, fmt.Errorf("the vocabulary has no %q", special.token)
		}
		*special.id = id
	}
	return w, nil
}

// encode gives the ids of a text between [CLS] and [SEP].
func (w *wordPiece) encode(text string) []int64 {
	ids := []int64{w.cls}
	for _, word := range splitWords(normalise(text)) {
		ids = w.appendPieces(ids, word)
	}
	return append(ids, w.sep)
}

// appendPieces splits a word greedily into the longest known pieces; a word
// with a part that is not known is unknown as a whole.
func (w *wordPiece) appendPieces(ids []int64, word []rune) []int64 {
	if len(word) > w.maxRunes {
		return append(ids, w.unknown)
	}
	start := len(ids)
	for from := 0; from < len(word); {
		id, to, ok := w.longest(word, from)
		if !ok {
			return append(ids[:start], w.unknown)
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

// normalise is BertNormalizer: control characters go, white space becomes
// blanks, CJK characters stand alone, accents are stripped, letters lowered.
func normalise(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r == 0 || r == unicode.ReplacementChar:
		case isSpace(r):
			b.WriteByte(' ')
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs):
		case isCJK(r):
			b.WriteByte(' ')
			b.WriteRune(r)
			b.WriteByte(' ')
		default:
			b.WriteRune(r)
		}
	}
	var out strings.Builder
	for _, r := range norm.NFD.String(b.String()) {
		if !unicode.Is(unicode.Mn, r) {
			out.WriteString(lower(r))
		}
	}
	return out.String()
}

// lower is Unicode's full lower case: one letter, İ, becomes two.
func lower(r rune) string {
	if r == 'İ' {
		return "i̇"
	}
	return string(unicode.ToLower(r))
}

func isSpace(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' || unicode.IsSpace(r)
}

// isCJK is the ranges of BERT's tokenization.py.
func isCJK(r rune) bool {
	for _, block := range [][2]rune{
		{0x4E00, 0x9FFF}, {0x3400, 0x4DBF}, {0x20000, 0x2A6DF}, {0x2A700, 0x2B73F},
		{0x2B740, 0x2B81F}, {0x2B920, 0x2CEAF}, {0xF900, 0xFAFF}, {0x2F800, 0x2FA1F},
	} {
		if r >= block[0] && r <= block[1] {
			return true
		}
	}
	return false
}

// splitWords is BertPreTokenizer: at blanks, and around each punctuation mark.
func splitWords(text string) [][]rune {
	var words [][]rune
	var word []rune
	end := func() {
		if len(word) > 0 {
			words = append(words, word)
			word = nil
		}
	}
	for _, r := range text {
		switch {
		case unicode.IsSpace(r):
			end()
		case isPunctuation(r):
			end()
			words = append(words, []rune{r})
		default:
			word = append(word, r)
		}
	}
	end()
	return words
}

func isPunctuation(r rune) bool {
	return r >= 33 && r <= 47 || r >= 58 && r <= 64 || r >= 91 && r <= 96 || r >= 123 && r <= 126 || unicode.IsPunct(r)
}
