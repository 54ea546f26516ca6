package watchfolder

import (
	"errors"
	"io/fs"
	"syscall"

	"pristine/capture"
)

// fault is an error of the folder with its cause and what to do. The causes' own
// words are of cameras.
type fault struct {
	err, cause error
	advice     string
}

func (f *fault) Error() string { return f.err.Error() + ": " + f.advice }

func (f *fault) Unwrap() []error { return []error{f.err, f.cause} }

// folderError names the cause of a folder or share that cannot be read.
func folderError(err error) error {
	switch {
	case errors.Is(err, fs.ErrPermission):
		return &fault{err, capture.ErrAuth, "give the agent's user the right to read it"}
	case errors.Is(err, syscall.ENOTDIR):
		return &fault{err, capture.ErrNotFound, "name the folder into which pictures arrive"}
	case errors.Is(err, fs.ErrNotExist):
		return &fault{err, capture.ErrNotFound, "mount the share, make the folder, or correct its path"}
	case errors.Is(err, syscall.ETIMEDOUT):
		return &fault{err, capture.ErrTimeout, "check the network and the server of the share"}
	default: // ESTALE, EHOSTDOWN, ENOTCONN, EIO of a share whose server is gone
		return &fault{err, capture.ErrUnreachable, "check the network and the server of the share"}
	}
}
