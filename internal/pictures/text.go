package pictures

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Text returns a file's name as UTF-8 text. Bytes that are no UTF-8, as old
// cameras write them, become \xHH: JSON would make one character of them all,
// and one part of two files.
func Text(file string) string {
	if utf8.ValidString(file) {
		return file
	}
	var b strings.Builder
	for len(file) > 0 {
		r, size := utf8.DecodeRuneInString(file)
		if r == utf8.RuneError && size == 1 {
			fmt.Fprintf(&b, `\x%02X`, file[0])
		} else {
			b.WriteString(file[:size])
		}
		file = file[size:]
	}
	return b.String()
}
