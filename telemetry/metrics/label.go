package metrics

import (
	"slices"
	"strings"
)

// Label returns a text that is fit for the value of a label: valid UTF-8, and at
// most 64 runes, so that what a file or a peer says cannot break a scrape.
func Label(text string) string {
	text = strings.ToValidUTF8(text, "�")
	if all := []rune(text); len(all) > maxRunes {
		text = string(all[:maxRunes-1]) + "…"
	}
	return text
}

// OneOf returns the text where it is one of the known ones, else "other".
func OneOf(text string, known []string) string {
	if slices.Contains(known, text) {
		return text
	}
	return other
}

// Sums returns the counts of all known keys, 0 where there is none, and the sum
// of all others as "other", where there are any.
func Sums(counts map[string]uint64, known []string) map[string]uint64 {
	all := make(map[string]uint64, len(known))
	for _, key := range known {
		all[key] = 0
	}
	for key, n := range counts {
		all[OneOf(key, known)] += n
	}
	return all
}
