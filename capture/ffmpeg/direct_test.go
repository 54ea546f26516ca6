package ffmpeg

import (
	"bytes"
	"fmt"
	"testing"
	"unsafe"

	"pristine/capture"
	"pristine/capture/orient"
)

// A frame that is converted straight into the caller's memory has the pixels of one that
// takes the way through the reader's, and nothing beside it is written to.
func TestConvert_StraightIntoTheFrame(t *testing.T) {
	const canary, guard = 0xa5, 4096
	for _, size := range [][2]int{{64, 48}, {128, 2}, {192, 34}, {640, 480}, {1920, 1080}} {
		for _, pixels := range []string{"yuv420p", "yuv422p", "yuv444p", "gray"} {
			t.Run(fmt.Sprintf("%dx%d %s", size[0], size[1], pixels), func(t *testing.T) {
				n := 3 * size[0] * size[1]
				all := bytes.Repeat([]byte{canary}, n+guard+vector)
				first := vector - int(uintptr(unsafe.Pointer(&all[0]))%vector)
				f := capture.Frame{Pix: all[first : first+n : first+n]}
				s := open(t, video(t, "v.mkv", fmt.Sprintf("%dx%d", size[0], size[1]), 1, "-c:v", "ffv1", "-pix_fmt", pixels)).(*source)
				if err := s.Read(t.Context(), &f); err != nil {
					t.Fatal(err)
				}
				if &f.Pix[0] != &all[first] || s.shape.bgr != nil {
					t.Fatal("the frame was not converted straight into its memory")
				}
				if bytes.Count(all[:first], []byte{canary}) != first || bytes.Count(all[first+n:], []byte{canary}) != len(all)-first-n {
					t.Error("memory beside the frame was written to")
				}
				if err := s.scale(nil); err != nil {
					t.Fatal(err)
				}
				want, stride := make([]byte, n), int(s.shape.stride)
				orient.Copy(want, unsafe.Slice((*byte)(s.shape.bgr), stride*(size[1]-1)+3*size[0]), stride, size[0], size[1], 1)
				if !bytes.Equal(f.Pix, want) {
					t.Error("the pixels differ")
				}
			})
		}
	}
}
