package tokenizer

import (
	"fmt"
	"strings"
	"unicode"
)

// addedToken is a token that is found in the text as it is written.
type addedToken struct {
	ID         int64  `json:"id"`
	Content    string `json:"content"`
	SingleWord bool   `json:"single_word"`
	LStrip     bool   `json:"lstrip"`
	RStrip     bool   `json:"rstrip"`
	Normalized bool   `json:"normalized"` // it is looked for in the normalised text
}

// part is a stretch of text, or an added token in it.
type part struct {
	text  string
	id    int64
	token bool
}

func (t *Tokenizer) add(tokens []addedToken) error {
	for _, a := range tokens {
		if a.SingleWord {
			return fmt.Errorf("%w: the added token %q is for single words", ErrUnsupported, a.Content)
		}
		t.vocabulary[a.Content] = a.ID
		if a.Normalized {
			a.Content = t.normalise(a.Content)
		}
		if a.Content != "" {
			t.added = append(t.added, a)
		}
	}
	return nil
}

// extract cuts the added tokens out of a text: the leftmost first, and of
// those the longest.
func extract(text string, tokens []addedToken, normalized bool) []part {
	var parts []part
	for from := 0; ; {
		at, token := find(text[from:], tokens, normalized)
		if token == nil {
			if from < len(text) {
				parts = append(parts, part{text: text[from:]})
			}
			return parts
		}
		before, end := text[from:from+at], from+at+len(token.Content)
		if token.LStrip {
			before = strings.TrimRightFunc(before, unicode.IsSpace)
		}
		if before != "" {
			parts = append(parts, part{text: before})
		}
		parts = append(parts, part{id: token.ID, token: true})
		if token.RStrip {
			end = len(text) - len(strings.TrimLeftFunc(text[end:], unicode.IsSpace))
		}
		from = end
	}
}

func find(text string, tokens []addedToken, normalized bool) (int, *addedToken) {
	first, best := len(text)+1, (*addedToken)(nil)
	for i := range tokens {
		t := &tokens[i]
		if t.Normalized != normalized {
			continue
		}
		at := strings.Index(text, t.Content)
		if at >= 0 && (at < first || at == first && len(t.Content) > len(best.Content)) {
			first, best = at, t
		}
	}
	return first, best
}
