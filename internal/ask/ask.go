package ask

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// Questions are asked in turn, and answered a line each.
type Questions struct {
	out   io.Writer
	lines *bufio.Scanner
}

// NewQuestions returns questions written to out and answered by in.
func NewQuestions(out io.Writer, in io.Reader) *Questions {
	return &Questions{out, bufio.NewScanner(in)}
}

// Ask returns the answer to a question, or "" at the end of the input.
func (q *Questions) Ask(text string) string {
	fmt.Fprint(q.out, text+": ")
	if !q.lines.Scan() {
		fmt.Fprintln(q.out)
		return ""
	}
	return strings.TrimSpace(q.lines.Text())
}

// Password reads a password: without showing it where in is a terminal, else in's
// first line.
func Password(out io.Writer, in *os.File, prompt string) (string, error) {
	if fd := int(in.Fd()); term.IsTerminal(fd) {
		fmt.Fprint(out, prompt+": ")
		data, err := term.ReadPassword(fd)
		fmt.Fprintln(out)
		if err != nil {
			return "", fmt.Errorf("read password: %w", err)
		}
		return string(data), nil
	}
	line, err := bufio.NewReader(in).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read password: %w", err)
	}
	return strings.TrimRight(line, "\r\n"), nil
}
