package terminal

import (
	"bytes"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"
	"golang.org/x/term"
)

// AnswerWithin is how long a terminal may take to answer.
const AnswerWithin = time.Second

// question is a picture of one pixel that is not to be shown, which terminals
// with kitty's graphics acknowledge, and after it the primary device attributes
// (DA1), which all terminals tell, so that nobody waits for what does not come.
const question = "\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\\x1b[c"

var (
	acknowledged = []byte("\x1b_Gi=31;OK\x1b\\")
	attributes   = regexp.MustCompile(`\x1b\[\?([0-9;]*)c`)
)

// sixelAttribute among the device attributes tells of sixels (DEC STD 070).
const sixelAttribute = "4"

// Ask asks the terminal that in and out belong to for its best protocol.
func Ask(in, out *os.File) Protocol {
	fd := int(in.Fd())
	if !term.IsTerminal(fd) || !term.IsTerminal(int(out.Fd())) {
		return HalfBlocks
	}
	before, err := term.MakeRaw(fd) // else the answer would wait for a newline, and be shown
	if err != nil {
		return HalfBlocks
	}
	defer func() { _ = term.Restore(fd, before) }()
	if _, err := out.WriteString(question); err != nil {
		return HalfBlocks
	}
	return understand(answer(fd))
}

// answer reads until the attributes have come or the time is up.
func answer(fd int) []byte {
	var all []byte
	part := make([]byte, 256)
	for deadline := time.Now().Add(AnswerWithin); !attributes.Match(all); {
		left := int(time.Until(deadline).Milliseconds())
		if left <= 0 {
			break
		}
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, left)
		if err == unix.EINTR {
			continue
		}
		if n <= 0 || err != nil {
			break
		}
		if n, err = unix.Read(fd, part); n <= 0 || err != nil {
			break
		}
		all = append(all, part[:n]...)
	}
	return all
}

func understand(answer []byte) Protocol {
	if bytes.Contains(answer, acknowledged) {
		return Kitty
	}
	if m := attributes.FindSubmatch(answer); m != nil && slices.Contains(strings.Split(string(m[1]), ";")[1:], sixelAttribute) {
		return Sixel
	}
	return HalfBlocks
}
