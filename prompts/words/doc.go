// Package words recognises misspelt words in prompts, and words of other languages.
//
//	right, misspelt := words.Misspelt("brokn")  // "broken", true
//	language, english := words.Foreign("Kratzer") // "German", "scratch"
//
// Promises: a word of the lists, or of an English dictionary, is never misspelt.
// Non-promises: it corrects words for conditions only. It knows the commonest words of
// five other languages. All functions are safe for concurrent use.
package words
