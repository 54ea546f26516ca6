package main

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// ask asks for what was not given. An empty answer takes the default; the end of
// the input ends the questions.
func (c *initCommand) ask(out io.Writer, in io.Reader) {
	lines := bufio.NewScanner(in)
	question := func(text, otherwise string) string {
		if otherwise != "" {
			text += " [" + otherwise + "]"
		}
		fmt.Fprint(out, text+": ")
		if !lines.Scan() {
			fmt.Fprintln(out)
			return otherwise
		}
		if answer := strings.TrimSpace(lines.Text()); answer != "" {
			return answer
		}
		return otherwise
	}
	if len(c.Good) == 0 {
		if dir := question("Folder of photos of good parts", ""); dir != "" {
			c.Good = []string{dir}
		}
		if len(c.Bad) == 0 {
			if dir := question("Folder of photos of bad parts, or nothing", ""); dir != "" {
				c.Bad = []string{dir}
			}
		}
		if c.Object == "" {
			c.Object = question("What is the part, in a word or two, or nothing for the folder's name", "")
		}
		if c.Source == "" {
			c.Source = question("Address of the camera, or nothing for a folder that a camera writes into", "")
		}
	}
}
