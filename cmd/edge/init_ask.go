package main

import (
	"io"

	"pristine/internal/ask"
)

// ask asks for what was not given.
func (c *initCommand) ask(out io.Writer, in io.Reader) {
	if len(c.Good) > 0 {
		return
	}
	q := ask.NewQuestions(out, in)
	if dir := q.Ask("Folder of photos of good parts"); dir != "" {
		c.Good = []string{dir}
	}
	if len(c.Bad) == 0 {
		if dir := q.Ask("Folder of photos of bad parts, or nothing"); dir != "" {
			c.Bad = []string{dir}
		}
	}
	if c.Object == "" {
		c.Object = q.Ask("What is the part, in a word or two, or nothing for the folder's name")
	}
	if c.Source == "" {
		c.Source = q.Ask("Address of the camera, or nothing for a folder that a camera writes into")
	}
}
