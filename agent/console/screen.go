package console

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/mattn/go-runewidth"
	"golang.org/x/term"
)

// screen writes permanent lines and, on a terminal, a block below them that is redrawn.
// It is not safe for concurrent use.
type screen struct {
	out   io.Writer
	fd    int // of the terminal; -1 where there is none
	drawn int // lines of the block on the screen
}

func newScreen(out io.Writer) *screen {
	s := &screen{out: out, fd: -1}
	if file, ok := out.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		s.fd = int(file.Fd())
	}
	return s
}

func (s *screen) live() bool { return s.fd >= 0 }

// width is that of the terminal now: windows are resized.
func (s *screen) width() int {
	if width, _, err := term.GetSize(s.fd); err == nil && width > 0 {
		return width
	}
	return 80
}

// line writes a line that stays. The block is wiped until it is drawn again.
func (s *screen) line(text string) {
	s.wipe()
	fmt.Fprintln(s.out, text)
}

// block draws the lines that are overwritten; without a terminal they stay. A
// line that is wider than the terminal is cut, since one that wraps cannot be
// wiped.
func (s *screen) block(lines []string) {
	if !s.live() {
		for _, l := range lines {
			fmt.Fprintln(s.out, l)
		}
		return
	}
	s.wipe()
	width := s.width()
	for _, l := range lines {
		fmt.Fprintln(s.out, runewidth.Truncate(l, width-1, "…"))
	}
	s.drawn = len(lines)
}

func (s *screen) wipe() {
	if s.drawn > 0 {
		fmt.Fprint(s.out, strings.Repeat("\x1b[1A\x1b[2K", s.drawn))
		s.drawn = 0
	}
}
