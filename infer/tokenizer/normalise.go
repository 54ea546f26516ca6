package tokenizer

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// normaliser builds what a step does to text.
func (s *step) normaliser() (normaliser, error) {
	if s == nil {
		return func(text string) string { return text }, nil
	}
	switch s.Type {
	case "Sequence":
		return s.sequence()
	case "NFC":
		return norm.NFC.String, nil
	case "NFD":
		return norm.NFD.String, nil
	case "NFKC":
		return norm.NFKC.String, nil
	case "NFKD":
		return norm.NFKD.String, nil
	case "Lowercase":
		return lowercase, nil
	case "StripAccents":
		return stripMarks, nil
	case "Strip":
		return s.strip, nil
	case "Prepend":
		return func(text string) string {
			if text == "" {
				return text
			}
			return s.Prepend + text
		}, nil
	case "Replace":
		return s.replace()
	case "Precompiled":
		m, err := parseCharsmap(s.Charsmap)
		if err != nil {
			return nil, err
		}
		return m.normalise, nil
	case "BertNormalizer":
		return s.bert, nil
	default:
		return nil, fmt.Errorf("%w: normaliser %q", ErrUnsupported, s.Type)
	}
}

func (s *step) sequence() (normaliser, error) {
	var all []normaliser
	for _, inner := range s.Normalizers {
		n, err := inner.normaliser()
		if err != nil {
			return nil, err
		}
		all = append(all, n)
	}
	return func(text string) string {
		for _, n := range all {
			text = n(text)
		}
		return text
	}, nil
}

func (s *step) strip(text string) string {
	if s.StripLeft {
		text = strings.TrimLeftFunc(text, unicode.IsSpace)
	}
	if s.StripRight {
		text = strings.TrimRightFunc(text, unicode.IsSpace)
	}
	return text
}

func (s *step) replace() (normaliser, error) {
	re, err := s.Pattern.compile()
	if err != nil {
		return nil, err
	}
	return func(text string) string { return re.ReplaceAllLiteralString(text, s.Content) }, nil
}

// whiteSpace is Unicode's White_Space, which \s means there, and not in Go.
const whiteSpace = `\t-\r \x{85}\x{A0}\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000}`

// compile makes a Go regular expression of a pattern.
func (p *pattern) compile() (*regexp.Regexp, error) {
	switch {
	case p == nil || p.String == nil && p.Regex == nil:
		return nil, errors.New("a pattern is missing")
	case p.String != nil:
		return regexp.MustCompile(regexp.QuoteMeta(*p.String)), nil
	}
	var b strings.Builder
	inClass := false
	for i := 0; i < len(*p.Regex); i++ {
		switch c := (*p.Regex)[i]; {
		case c == '\\' && i+1 < len(*p.Regex):
			i++
			switch escaped := (*p.Regex)[i]; {
			case escaped == 's' && inClass:
				b.WriteString(whiteSpace)
			case escaped == 's':
				b.WriteString("[" + whiteSpace + "]")
			case strings.ContainsRune("SwWdDbB", rune(escaped)):
				return nil, fmt.Errorf(`%w: pattern %q: \%c means something else in Go`, ErrUnsupported, *p.Regex, escaped)
			default:
				b.WriteByte('\\')
				b.WriteByte(escaped)
			}
			continue
		case c == '[':
			inClass = true
		case c == ']':
			inClass = false
		}
		b.WriteByte((*p.Regex)[i])
	}
	re, err := regexp.Compile(b.String())
	if err != nil {
		return nil, fmt.Errorf("%w: pattern %q: %w", ErrUnsupported, *p.Regex, err)
	}
	return re, nil
}

// lowercase is Unicode's full lower case, letter by letter: İ becomes two, and
// a final Σ is like any other.
func lowercase(text string) string {
	var b strings.Builder
	for _, r := range text {
		if r == 'İ' {
			b.WriteString("i̇")
			continue
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

func stripMarks(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, text)
}
