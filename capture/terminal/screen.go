package terminal

import (
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// AskBy asks the terminal behind w which picture protocol it supports.
func AskBy(w io.Writer) Protocol {
	if file, ok := w.(*os.File); ok {
		return Ask(os.Stdin, file)
	}
	return HalfBlocks
}

// SpaceOf returns the space of the terminal behind w: 80 columns where it is none.
func SpaceOf(w io.Writer) Space {
	if file, ok := w.(*os.File); ok {
		if size, err := unix.IoctlGetWinsize(int(file.Fd()), unix.TIOCGWINSZ); err == nil && size.Col > 0 {
			return Space{Columns: int(size.Col), Width: int(size.Xpixel)}
		}
	}
	return Space{Columns: 80}
}
