package prompts

import (
	"fmt"
	"strings"
	"unicode"

	"pristine/prompts/words"
)

// spelling warns of misspelt words and of words of other languages. It reports whether
// there are any.
func (l *linter) spelling(text, path string) bool {
	found := false
	lower := []rune(text) // a capital begins a sentence, or is one of a name
	if len(lower) > 0 {
		lower[0] = unicode.ToLower(lower[0])
	}
	for _, word := range strings.FieldsFunc(string(lower), func(r rune) bool { return !unicode.IsLetter(r) }) {
		language, english := words.Foreign(word)
		right, misspelt := words.Misspelt(word)
		switch {
		case language != "" && english != "":
			l.warn(path, text, RuleLanguage, fmt.Sprintf("%q is %s, and CLIP-type encoders know English only", word, language), fmt.Sprintf("say it in English: %q", english))
		case language != "":
			l.warn(path, text, RuleLanguage, fmt.Sprintf("%q is %s, and CLIP-type encoders know English only", word, language), "say it in English: \"scratched {}\", \"{} with a hole\"")
		case misspelt && (l.encoder == nil || l.pieces(word) > 1):
			l.warn(path, text, RuleSpelling, fmt.Sprintf("the encoder does not know %q: misspelt?", word), fmt.Sprintf("did you mean %q", right))
		default:
			continue
		}
		found = true
	}
	return found
}

// nameless warns of a prompt that does not name the object.
func (l *linter) nameless(text, path string) {
	if strings.Contains(text, "{}") || strings.Contains(strings.ToLower(text), strings.ToLower(l.set.Object)) {
		return
	}
	l.warn(path, text, RuleNameless, "without {} it does not name the part", fmt.Sprintf("write {} where the object stands: \"%s {}\", for %q", text, text+" "+l.set.Object))
}

// mostTextWeight is the highest text_weight without a warning. With references, text
// ranked best at weights of 0.5 and auto, which is at most 1 (docs/detail.md).
const mostTextWeight = 2

// textWeight warns of texts that outvote the references.
func (l *linter) textWeight() {
	if w := l.set.TextWeight; w > mostTextWeight {
		l.warn("text_weight", "", RuleTextWeight, fmt.Sprintf("at %s the texts outvote the references", w), "write auto, or 0.5, and compare both with edge eval")
	}
}
