package signature

import (
	"bytes"
	"errors"
	"os"
)

// carried begins each line of a signature that goes with a set over NATS: for YAML, it is a
// comment.
const carried = "# minisig: "

// Attach returns a set that carries its signature, as comment lines at its end.
func Attach(set, signature []byte) []byte {
	out := bytes.Clone(set)
	for line := range bytes.Lines(bytes.TrimRight(signature, "\r\n")) {
		out = append(append(append(out, '\n'), carried...), bytes.TrimRight(line, "\r\n")...)
	}
	return append(out, '\n')
}

// Detach returns the set without the signature that it carries; nil where it carries none.
func Detach(text []byte) (set, signature []byte) {
	end, set := bytes.TrimSuffix(text, []byte("\n")), text
	var lines [][]byte
	for {
		i := bytes.LastIndexByte(end, '\n')
		if i < 0 || !bytes.HasPrefix(end[i+1:], []byte(carried)) {
			break
		}
		lines = append(lines, end[i+1+len(carried):])
		end, set = end[:i], end[:i]
	}
	for i := len(lines) - 1; i >= 0; i-- {
		signature = append(append(signature, lines[i]...), '\n')
	}
	return set, signature
}

// Carry returns the content of a set's file, with the signature beside it where there is one.
func Carry(file string) ([]byte, error) {
	set, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	sig, err := ReadFile(file)
	if errors.Is(err, ErrMissing) {
		return set, nil
	}
	if err != nil {
		return nil, err
	}
	return Attach(set, sig), nil
}
