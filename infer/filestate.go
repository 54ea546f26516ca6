package infer

import (
	"fmt"
	"io/fs"
	"os"
)

// fileState is what a file was when a model was read from it. Sessions may be opened
// of the model again, hours later, when its name may have another content.
type fileState struct {
	path string
	was  fs.FileInfo
}

// changed returns an error where the name has another file now, or one that was
// written to.
func (s fileState) changed() error {
	is, err := os.Stat(s.path)
	if err != nil {
		return err
	}
	if !os.SameFile(s.was, is) || overwritten(s.was, is) {
		return fmt.Errorf("%s was replaced since the model was opened: restart with the model that is there now", s.path)
	}
	return nil
}

// overwritten reports whether an open file was written to since it was opened.
func overwritten(was, is fs.FileInfo) bool {
	return is.Size() != was.Size() || !is.ModTime().Equal(was.ModTime())
}
