package words

import (
	_ "embed" // of the lists
	"slices"
	"strings"
	"sync"
)

//go:embed inspection.txt
var inspection string

//go:embed english.txt
var english string

//go:embed foreign.txt
var foreign string

// minLetters: shorter words are one letter away from too many others.
const minLetters = 4

// Misspelt returns the word of inspection.txt that is one edit away: one letter added,
// removed or replaced, or two neighbours swapped. It returns false if there is none, and
// for English words and words with a capital letter, which are names and abbreviations.
func Misspelt(word string) (right string, misspelt bool) {
	l := lists()
	if len(word) < minLetters || word != strings.ToLower(word) || l.known[word] {
		return "", false
	}
	for _, right := range l.inspection {
		if inflected(word, right) {
			return "", false
		}
	}
	i := slices.IndexFunc(l.inspection, func(right string) bool { return oneAway(word, right) })
	if i < 0 {
		return "", false
	}
	return l.inspection[i], true
}

// Foreign returns the language of a word that is not English, or "", and its English
// translation if the list has one.
func Foreign(word string) (language, english string) {
	entry := lists().foreign[strings.ToLower(word)]
	return entry.language, entry.english
}

type entry struct{ language, english string }

type loaded struct {
	inspection []string
	known      map[string]bool
	foreign    map[string]entry
}

// lists reads the lists once.
var lists = sync.OnceValue(func() *loaded {
	l := &loaded{known: map[string]bool{}, foreign: map[string]entry{}}
	for _, line := range entries(inspection) {
		l.inspection = append(l.inspection, line)
		l.known[line] = true
	}
	for _, line := range entries(english) {
		l.known[line] = true
	}
	for _, line := range entries(foreign) {
		fields := append(strings.Fields(line), "")
		l.foreign[fields[1]] = entry{fields[0], fields[2]}
	}
	return l
})

func entries(text string) (all []string) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			all = append(all, line)
		}
	}
	return all
}

// inflected reports whether a word is another with an ending.
func inflected(word, stem string) bool {
	ending, found := strings.CutPrefix(word, stem)
	return found && slices.Contains([]string{"s", "d", "y", "r", "ed", "er", "ly", "ing", "like", "less"}, ending)
}

// oneAway reports whether a is b with one letter changed or two neighbours swapped.
func oneAway(a, b string) bool {
	for a != "" && b != "" && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for a != "" && b != "" && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	swapped := len(a) == 2 && len(b) == 2 && a[0] == b[1] && a[1] == b[0]
	return swapped || max(len(a), len(b)) == 1
}
