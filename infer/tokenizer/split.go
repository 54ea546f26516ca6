package tokenizer

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// splitter builds what a pre-tokenizer does to pieces.
func (s *step) splitter() (splitter, error) {
	if s == nil {
		return func(pieces []string) []string { return pieces }, nil
	}
	switch s.Type {
	case "Sequence":
		return s.splitters()
	case "Split":
		return s.splitBy()
	case "ByteLevel":
		return s.byteLevel(), nil
	case "Metaspace":
		return s.metaspace()
	case "BertPreTokenizer":
		return each(splitWords), nil
	case "WhitespaceSplit":
		return each(strings.Fields), nil
	default:
		return nil, fmt.Errorf("%w: pre-tokenizer %q", ErrUnsupported, s.Type)
	}
}

// each splits every piece by itself.
func each(split func(string) []string) splitter {
	return func(pieces []string) []string {
		var all []string
		for _, piece := range pieces {
			all = append(all, split(piece)...)
		}
		return all
	}
}

func (s *step) splitters() (splitter, error) {
	var all []splitter
	for _, inner := range s.PreTokenizers {
		split, err := inner.splitter()
		if err != nil {
			return nil, err
		}
		all = append(all, split)
	}
	return func(pieces []string) []string {
		for _, split := range all {
			pieces = split(pieces)
		}
		return pieces
	}, nil
}

// splitBy takes the matches of a pattern for the pieces, or what lies between.
func (s *step) splitBy() (splitter, error) {
	re, err := s.Pattern.compile()
	if err != nil {
		return nil, err
	}
	isolated := s.Behavior == "Isolated"
	if s.Behavior == "MergedWithPrevious" && !s.Invert {
		return each(func(text string) []string { return splitBehind(re, text) }), nil
	}
	if !isolated && s.Behavior != "Removed" {
		return nil, fmt.Errorf("%w: split behaviour %q", ErrUnsupported, s.Behavior)
	}
	keepMatch, keepRest := isolated || s.Invert, isolated || !s.Invert
	return each(func(text string) []string {
		var pieces []string
		from := 0
		keep := func(piece string, wanted bool) {
			if wanted && piece != "" {
				pieces = append(pieces, piece)
			}
		}
		for _, match := range re.FindAllStringIndex(text, -1) {
			keep(text[from:match[0]], keepRest)
			keep(text[match[0]:match[1]], keepMatch)
			from = match[1]
		}
		keep(text[from:], keepRest)
		return pieces
	}), nil
}

// splitBehind splits a text behind each match; of matches side by side, each but
// the first is a piece.
func splitBehind(re *regexp.Regexp, text string) []string {
	var pieces []string
	from := 0
	for _, match := range re.FindAllStringIndex(text, -1) {
		pieces = append(pieces, text[from:match[1]])
		from = match[1]
	}
	if from < len(text) {
		pieces = append(pieces, text[from:])
	}
	return pieces
}

// gpt2 is GPT-2's split but for its look-ahead, which splitGPT2 stands for.
var gpt2 = regexp.MustCompile(`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^` + whiteSpace + `\p{L}\p{N}]+|[` + whiteSpace + `]+`)

// byteLevel writes each byte as the letter that GPT-2's encoder.py gives it.
func (s *step) byteLevel() splitter {
	prefix, useRegex := s.AddPrefixSpace == nil || *s.AddPrefixSpace, s.UseRegex == nil || *s.UseRegex
	letters := byteLetters()
	return each(func(text string) []string {
		if prefix && !strings.HasPrefix(text, " ") {
			text = " " + text
		}
		pieces := []string{text}
		if useRegex {
			pieces = splitGPT2(text)
		}
		for i, piece := range pieces {
			var b strings.Builder
			for _, c := range []byte(piece) {
				b.WriteRune(letters[c])
			}
			pieces[i] = b.String()
		}
		return pieces
	})
}

// splitGPT2 leaves the last blank of a run to the word behind it.
func splitGPT2(text string) []string {
	var pieces []string
	for text != "" {
		end := gpt2.FindStringIndex(text)[1]
		last, size := utf8.DecodeLastRuneInString(text[:end])
		if unicode.IsSpace(last) && end < len(text) && end > size {
			end -= size
		}
		pieces, text = append(pieces, text[:end]), text[end:]
	}
	return pieces
}

func byteLetters() (letters [256]rune) {
	next := rune(256)
	for c := range rune(256) {
		if c >= '!' && c <= '~' || c >= '¡' && c <= '¬' || c >= '®' {
			letters[c] = c
			continue
		}
		letters[c] = next
		next++
	}
	return letters
}

// metaspace writes blanks as ▁ and begins a piece at each.
func (s *step) metaspace() (splitter, error) {
	mark := s.Replacement
	if utf8.RuneCountInString(mark) != 1 {
		return nil, fmt.Errorf("the Metaspace replacement %q is not one character", mark)
	}
	scheme := s.PrependScheme
	if scheme == "" {
		scheme = "always"
		if s.AddPrefixSpace != nil && !*s.AddPrefixSpace {
			scheme = "never"
		}
	}
	if scheme != "always" && scheme != "never" {
		return nil, fmt.Errorf("%w: Metaspace prepend_scheme %q", ErrUnsupported, scheme)
	}
	whole := s.Split != nil && !*s.Split
	return each(func(text string) []string {
		text = strings.ReplaceAll(text, " ", mark)
		if scheme == "always" && text != "" && !strings.HasPrefix(text, mark) {
			text = mark + text
		}
		if whole || text == "" {
			return []string{text}
		}
		var pieces []string
		for from := 0; from < len(text); {
			end := len(text)
			if i := strings.Index(text[from+1:], mark); i >= 0 {
				end = from + 1 + i
			}
			pieces, from = append(pieces, text[from:end]), end
		}
		return pieces
	}), nil
}
