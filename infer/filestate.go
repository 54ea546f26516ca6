package infer

import (
	"fmt"
	"io/fs"
	"os"
)

// fileState is the state of a file when a model was read from it. Later sessions open
// the file again, perhaps hours later, when it may have another content.
type fileState struct {
	path string
	was  fs.FileInfo
}

// changed returns an error if the file was replaced or written to.
func (s fileState) changed() error {
	is, err := os.Stat(s.path)
	if err != nil {
		return err
	}
	if !os.SameFile(s.was, is) || overwritten(s.was, is) {
		return fmt.Errorf("%s was replaced since the model was opened: restart with the new model", s.path)
	}
	return nil
}

// overwritten reports whether an open file was written to since it was opened.
func overwritten(was, is fs.FileInfo) bool {
	return is.Size() != was.Size() || !is.ModTime().Equal(was.ModTime())
}
