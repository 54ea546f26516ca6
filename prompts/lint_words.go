package prompts

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
)

// pattern is a weakness of CLIP-type encoders that can be found by words.
type pattern struct {
	rule           Rule
	words          *regexp.Regexp
	reason, remedy string // reason takes the words found
}

// anyOf matches one of the words or phrases between spaces or punctuation.
func anyOf(words ...string) *regexp.Regexp {
	return regexp.MustCompile(`(?:^|[^\pL\pN-])(?:` + strings.Join(words, "|") + `)(?:$|[^\pL\pN-])`)
}

// patterns are measured weaknesses, not matters of taste. Negation: Alhamoud et al.,
// CVPR 2025. Counting: Paiss et al., ICCV 2023. Position and two states: Thrush et al.
// (Winoground), CVPR 2022, and Yuksekgonul et al., ICLR 2023. Text in pictures: Goh et
// al., Distill 2021.
var patterns = []pattern{
	{
		RuleNegation,
		regexp.MustCompile(anyOf(`no`, `not`, `non`, `never`, `none`, `neither`, `nor`, `without`, `free (?:of|from)`, `absence of`, `absent`, `lacks?`, `lacking`, `\pL+n['’]t`, `zero`).String() + `|\pL-free[^\pL]|[^\pL]non-\pL`),
		"CLIP-type encoders overlook %q: the noun beside it wins",
		"say what is there instead: \"missing label\", \"intact\", \"smooth\"",
	},
	{
		RuleCounting,
		anyOf(`\d+`, `one`, `two`, `three`, `four`, `five`, `six`, `seven`, `eight`, `nine`, `ten`, `eleven`, `twelve`, `dozens?(?: of)?`, `single`, `twice`, `exactly`, `(?:more|fewer|less) than`, `at (?:least|most)`, `(?:too|how) (?:many|few)`, `an? (?:extra|additional)`, `extra`, `number of`, `counts?`),
		"CLIP-type encoders cannot count: %q changes next to nothing",
		"say the look: \"missing screw\" or \"scratches\"; count with other means",
	},
	{
		RulePosition,
		anyOf(`left`, `right`, `left-hand`, `right-hand`, `above`, `below`, `beneath`, `underneath`, `upside[ -]down`, `upper`, `lower`, `(?:at|on|near) the (?:top|bottom)`, `top (?:half|part|side|edge|corner)`, `bottom (?:half|part|side|edge|corner)`, `(?:anti|counter)?-?clockwise`, `next to`, `beside`, `in front of`, `behind`, `rotated`, `mirrored`, `turned (?:around|round|over)`, `off[ -]cent(?:er|re)`, `horizontal(?:ly)?`, `vertical(?:ly)?`, `north|south|east|west`),
		"CLIP-type encoders do not tell where things are: %q changes next to nothing",
		"drop it, and inspect that place alone with the camera's region",
	},
	{
		RuleReading,
		regexp.MustCompile(anyOf(`text`, `letters?`, `lettering`, `words?`, `wording`, `digits?`, `numerals?`, `numbers?`, `spelling`, `misspel(?:t|led)`, `typos?`, `(?:serial|lot|batch|part) numbers?`, `bar ?codes?`, `qr codes?`, `best[ -]before`, `(?:expiry|use[ -]by) dates?`, `dates?`, `says?`, `saying`, `reads?`, `reading`, `il?legible`, `legible`, `unreadable`, `readable`, `characters?`, `inscriptions?`, `captions?`).String() + `|["“”«»]`),
		"CLIP-type encoders hardly read (%q), and what they read of a part misleads them",
		"say the look: \"smeared print\", \"torn label\"; read codes with a reader",
	},
	{
		RuleTwoStates,
		regexp.MustCompile(anyOf(`and`, `or`, `but`, `plus`, `as well as`, `both`, `together with`, `while`).String() + `|[,;/&+]`),
		"two states in one prompt (%q) blur into a mean that fits neither",
		"make two prompts of it, in one class or in two",
	},
}

// longState is a length in tokens: CLIP-type encoders mostly ignore later tokens (Zhang et
// al., Long-CLIP, ECCV 2024).
const longState = 20

// length warns of text that the encoder cuts off or mostly ignores.
func (l *linter) length(text, path string) {
	if l.encoder == nil {
		return
	}
	for _, sentence := range l.set.Sentences(text) {
		if _, err := l.encoder.Tokens(sentence); err != nil {
			l.warn(path, text, RuleTooLong, "with its template it has more tokens than the encoder takes", "shorten it to a few words")
			return
		}
	}
	if n := l.pieces(l.set.phrase(text)); n > longState {
		l.warn(path, text, RuleTooLong, fmt.Sprintf("%d tokens: encoders of this type heed about the first %d", n, longState), "shorten it to a few words")
	}
}

// pieces is the number of tokens of a text without the special ones.
func (l *linter) pieces(text string) int {
	special, err := l.encoder.Tokens("")
	if err != nil {
		return 0
	}
	ids, err := l.encoder.Tokens(text)
	if err != nil {
		return longState + 1
	}
	return len(ids) - len(special)
}

// A word of at least minLetters is unknown to the encoder if its tokens have at most
// pieceLetters letters on average. In the built-in vocabulary of 8,000 tokens
// "asdfghjkl" has 1.5. Of the trade's words that were tried, "sprue" has the fewest:
// 1.7.
const (
	minLetters   = 4
	pieceLetters = 1.6
)

// unreadable returns the words of a text that the encoder does not know.
func (l *linter) unreadable(text string) []string {
	if l.encoder == nil {
		return nil
	}
	var all []string
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) }) {
		letters := len([]rune(word))
		spelled := letters >= minLetters && float64(letters) <= pieceLetters*float64(l.pieces(word))
		if spelled || vowelless(word) || l.encoder.Unknown(word) > 0 {
			all = append(all, word)
		}
	}
	return all
}

// vowelless reports whether a word has no vowel. Abbreviations in capitals do not count.
func vowelless(word string) bool {
	return len(word) > minLetters && word != strings.ToUpper(word) && !strings.ContainsAny(strings.ToLower(word), "aeiouyäöüéèáàíóúøåæ")
}

var (
	articles    = regexp.MustCompile(`\b(?:a|an|the|some)\b`)
	punctuation = regexp.MustCompile(`[^\pL\pN{}]+`)
)

// normal returns a text in lower case without articles, punctuation and extra blanks.
func normal(text string) string {
	text = articles.ReplaceAllString(strings.ToLower(text), " ")
	return strings.TrimSpace(punctuation.ReplaceAllString(text, " "))
}
