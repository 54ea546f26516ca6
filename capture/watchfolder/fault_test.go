package watchfolder

import (
	"io/fs"
	"strings"
	"syscall"
	"testing"

	"pristine/capture"
)

func TestFolderError_NamesCauseAndRemedy(t *testing.T) {
	for errno, want := range map[syscall.Errno][2]string{
		syscall.EACCES:    {"auth", "the right to read"},
		syscall.ENOENT:    {"not_found", "mount the share"},
		syscall.ENOTDIR:   {"not_found", "name the folder"},
		syscall.ETIMEDOUT: {"timeout", "server of the share"},
		syscall.ESTALE:    {"unreachable", "server of the share"},
		syscall.EHOSTDOWN: {"unreachable", "server of the share"},
		syscall.EIO:       {"unreachable", "server of the share"},
	} {
		err := folderError(&fs.PathError{Op: "stat", Path: "/mnt/camera", Err: errno})
		if got := capture.Cause(err); got != want[0] || !strings.Contains(err.Error(), "/mnt/camera") || !strings.Contains(err.Error(), want[1]) || strings.Contains(err.Error(), "stream") {
			t.Errorf("%v: got cause %s and %q, want %s and %q", errno, got, err, want[0], want[1])
		}
	}
}
