package strictyaml

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// utf8Remedy ends the message about a file in another encoding.
const utf8Remedy = "save the file as UTF-8"

// foreign finds the first line that no YAML reader can read as UTF-8 text, and
// says why. It reports line 0 where there is none.
func foreign(data []byte) (line int, message string) {
	for _, mark := range []struct{ bytes, name string }{
		{"\xff\xfe\x00\x00", "UTF-32"}, {"\x00\x00\xfe\xff", "UTF-32"}, {"\xff\xfe", "UTF-16"}, {"\xfe\xff", "UTF-16"},
	} {
		if bytes.HasPrefix(data, []byte(mark.bytes)) {
			return 1, "the file is " + mark.name + " text: " + utf8Remedy
		}
	}
	if wide(data) {
		return 1, "the file is UTF-16 text: " + utf8Remedy
	}
	line = 1
	for rest := data; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		switch {
		case r == utf8.RuneError && size == 1:
			return line, fmt.Sprintf("the byte 0x%02X is not UTF-8 text%s: %s", rest[0], inWindows1252(rest[0]), utf8Remedy)
		case r == '\n' || r == '\r' && !bytes.HasPrefix(rest, []byte("\r\n")):
			line++
		case forbidden(r):
			return line, fmt.Sprintf("the control character U+%04X stands here: remove it", r)
		}
		rest = rest[size:]
	}
	return 0, ""
}

// wide reports whether text without a byte order mark is UTF-16: of ASCII
// characters, one byte of each pair is zero.
func wide(data []byte) bool {
	head := data[:min(len(data), 64)&^1]
	if len(head) < 4 {
		return false
	}
	var even, odd int
	for i := 0; i < len(head); i += 2 {
		if head[i] == 0 {
			even++
		}
		if head[i+1] == 0 {
			odd++
		}
	}
	return max(even, odd) > len(head)/4
}

// inWindows1252 says which letter a byte is in the encoding that most editors
// on Windows mean by "ANSI".
func inWindows1252(b byte) string {
	r := charmap.Windows1252.DecodeByte(b)
	if r == utf8.RuneError || !unicode.IsPrint(r) {
		return ""
	}
	return fmt.Sprintf(" (in Windows-1252, or ANSI, it is %q)", string(r))
}

// forbidden reports whether YAML does not allow a character anywhere.
func forbidden(r rune) bool {
	return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0x7f || r >= 0x80 && r < 0xa0 && r != 0x85 || r == 0xfffe || r == 0xffff
}

// strangeSpace finds a space that looks like a plain one but is text to YAML.
func strangeSpace(text string) (rune, bool) {
	i := strings.IndexFunc(text, isStrangeSpace)
	if i < 0 {
		return 0, false
	}
	r, _ := utf8.DecodeRuneInString(text[i:])
	return r, true
}

func isStrangeSpace(r rune) bool {
	return r > unicode.MaxASCII && unicode.Is(unicode.Zs, r) || r == 0x200b || r == 0xfeff
}

func spaceMessage(r rune) string {
	name := "an unusual space"
	switch r {
	case 0xa0, 0x202f:
		name = "a no-break space"
	case 0x200b, 0xfeff:
		name = "an invisible space"
	}
	return fmt.Sprintf("%s (U+%04X) stands here: replace it by plain spaces", name, r)
}

// curlyQuotes are what word processors and chat programs make of ' and ".
const curlyQuotes = "\u201c\u201d\u201e\u201f\u2018\u2019\u201a\u201b\u00ab\u00bb\u2039\u203a\u2032\u2033\u00b4\u300c\u300d\uff02\uff07"

// curly finds the curly quote with which an unquoted text begins.
func curly(text string) (rune, bool) {
	r, _ := utf8.DecodeRuneInString(text)
	return r, strings.ContainsRune(curlyQuotes, r) && r != utf8.RuneError
}

func curlyMessage(r rune) string {
	return fmt.Sprintf("%c is not a quote to YAML: write \" or ' (the straight ones)", r)
}

// indent returns the white space before the first other character of a line.
func indent(line string) string {
	return line[:len(line)-len(strings.TrimLeftFunc(line, func(r rune) bool { return r == ' ' || r == '\t' || isStrangeSpace(r) }))]
}
