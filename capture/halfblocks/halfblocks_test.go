package halfblocks

import (
	"bytes"
	"strings"
	"testing"

	"pristine/capture"
)

func TestEachCharacterShowsTwoPixels(t *testing.T) {
	var f capture.Frame
	f.Resize(4, 4)
	for y := range 4 {
		for x := range 4 { // blue above, red below
			copy(f.Pix[3*(4*y+x):], [][]byte{{200, 0, 0}, {0, 0, 100}}[y/2])
		}
	}
	var b bytes.Buffer
	if err := Draw(&b, &f, 2); err != nil {
		t.Fatal(err)
	}
	const cell = "\x1b[38;2;0;0;200;48;2;100;0;0m▀"
	if want := cell + cell + "\x1b[0m\n"; b.String() != want {
		t.Errorf("%q, want %q", b.String(), want)
	}
}

func TestAFrameOfAnySizeFits(t *testing.T) {
	for _, size := range [][2]int{{1, 1}, {1, 500}, {500, 1}, {7, 3}, {1921, 1081}, {0, 0}} {
		var f capture.Frame
		f.Resize(size[0], size[1])
		var b bytes.Buffer
		if err := Draw(&b, &f, 80); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(b.String()) {
			if strings.Count(line, "▀") > 80 {
				t.Errorf("%v is too wide", size)
			}
		}
	}
}
