package tokenizer

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// bert is BertNormalizer: control characters go, white space becomes blanks,
// CJK characters stand alone, accents are stripped, letters lowered.
func (s *step) bert(text string) string {
	wanted := func(b *bool, otherwise bool) bool {
		if b == nil {
			return otherwise
		}
		return *b
	}
	if wanted(s.CleanText, true) {
		text = cleanText(text)
	}
	if wanted(s.HandleChineseChars, true) {
		text = isolateCJK(text)
	}
	if wanted(s.StripAccents, s.Lowercase) {
		text = stripMarks(norm.NFD.String(text))
	}
	if s.Lowercase {
		text = lowercase(text)
	}
	return text
}

func cleanText(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n' || r == '\r':
			return ' '
		case r == unicode.ReplacementChar || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs):
			return -1 // among them U+0085, which is a blank too
		case unicode.IsSpace(r):
			return ' '
		default:
			return r
		}
	}, text)
}

func isolateCJK(text string) string {
	var b strings.Builder
	for _, r := range text {
		if isCJK(r) {
			b.WriteByte(' ')
			b.WriteRune(r)
			b.WriteByte(' ')
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
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
func splitWords(text string) []string {
	var words []string
	start := -1 // of the word that is being read
	for i, r := range text {
		space, mark := unicode.IsSpace(r), isPunctuation(r)
		if (space || mark) && start >= 0 {
			words, start = append(words, text[start:i]), -1
		}
		switch {
		case mark:
			words = append(words, string(r))
		case !space && start < 0:
			start = i
		}
	}
	if start >= 0 {
		words = append(words, text[start:])
	}
	return words
}

func isPunctuation(r rune) bool {
	return r >= 33 && r <= 47 || r >= 58 && r <= 64 || r >= 91 && r <= 96 || r >= 123 && r <= 126 || unicode.IsPunct(r)
}
