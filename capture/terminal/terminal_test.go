package terminal

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/color"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi/kitty"
	"github.com/charmbracelet/x/ansi/sixel"
	"github.com/creack/pty"
	"golang.org/x/term"

	"pristine/capture"
)

// Answers of real terminals to their attributes, and to kitty's question.
func TestATerminalIsAskedWhatItKnows(t *testing.T) {
	for name, tc := range map[string]struct {
		answer string
		want   Protocol
	}{
		"kitty":           {"\x1b_Gi=31;OK\x1b\\\x1b[?62;c", Kitty},
		"wezterm":         {"\x1b_Gi=31;OK\x1b\\\x1b[?65;4;6;18;22c", Kitty},
		"mlterm":          {"\x1b[?63;1;2;3;4;7;29c", Sixel},
		"an old xterm":    {"\x1b[?63;1;2;6;9;15;22c", HalfBlocks},
		"level 4 alone":   {"\x1b[?4c", HalfBlocks}, // the first number is no attribute
		"apple":           {"\x1b[?1;2c", HalfBlocks},
		"it refuses":      {"\x1b_Gi=31;ENOTSUPPORTED\x1b\\\x1b[?62;4c", Sixel},
		"a silent one":    {"", HalfBlocks},
		"only half of it": {"\x1b[?62;4", HalfBlocks},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			window, program, err := pty.Open()
			if err != nil {
				t.Fatal(err)
			}
			defer window.Close()
			defer program.Close()
			before, err := term.GetState(int(program.Fd()))
			if err != nil {
				t.Fatal(err)
			}
			go func() {
				asked := make([]byte, len(question))
				if _, err := io.ReadFull(window, asked); err == nil && string(asked) == question {
					_, _ = window.WriteString(tc.answer)
				}
			}()
			if got := Ask(program, program); got != tc.want {
				t.Errorf("%s, want %s", got, tc.want)
			}
			if after, err := term.GetState(int(program.Fd())); err != nil || *after != *before {
				t.Error("the terminal is left in another mode")
			}
		})
	}
}

func TestWhatIsNoTerminalGetsHalfBlocks(t *testing.T) {
	in, out := pipe(t)
	if got := Ask(in, out); got != HalfBlocks {
		t.Error(got)
	}
}

// frame is red on the left and blue on the right.
func frame(width, height int) *capture.Frame {
	var f capture.Frame
	f.Resize(width, height)
	for i := range width * height {
		p := f.Pix[3*i:][:3]
		if p[0], p[1], p[2] = 0, 0, 255; i%width >= width/2 {
			p[0], p[2] = 255, 0
		}
	}
	return &f
}

func check(t *testing.T, m image.Image, width, height int) {
	t.Helper()
	if m.Bounds().Dx() != width || m.Bounds().Dy() != height {
		t.Errorf("it is %v", m.Bounds())
	}
	red := func(c color.Color) bool { r, _, b, _ := c.RGBA(); return r>>8 > 240 && b>>8 < 15 }
	blue := func(c color.Color) bool { r, _, b, _ := c.RGBA(); return r>>8 < 15 && b>>8 > 240 }
	if left, right := m.At(width/8, height/2), m.At(width*7/8, height/2); !red(left) || !blue(right) {
		t.Errorf("the colours are %v and %v", left, right)
	}
}

func TestSixelsShowTheFrame(t *testing.T) {
	var out bytes.Buffer
	if err := Draw(&out, frame(320, 120), Space{Columns: 20}, Sixel); err != nil {
		t.Fatal(err)
	}
	payload, whole := strings.CutPrefix(out.String(), "\x1bP0;1q")
	payload, ended := strings.CutSuffix(payload, "\x1b\\\n")
	if !whole || !ended {
		t.Fatalf("%.40q", out.String())
	}
	m, err := (&sixel.Decoder{}).Decode(strings.NewReader(payload))
	if err != nil {
		t.Fatal(err)
	}
	check(t, m, 160, 60)
}

var chunks = regexp.MustCompile(`\x1b_G([^;]*);([^\x1b]*)\x1b\\`)

func TestKittysGraphicsShowTheFrame(t *testing.T) {
	var out bytes.Buffer
	if err := Draw(&out, frame(320, 120), Space{Columns: 80, Width: 200}, Kitty); err != nil {
		t.Fatal(err)
	}
	text := ""
	for i, m := range chunks.FindAllStringSubmatch(out.String(), -1) {
		if i == 0 && !strings.Contains(m[1], "a=T") {
			t.Errorf("the options are %s", m[1])
		}
		text += m[2]
	}
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	m, err := (&kitty.Decoder{Decompress: true, Format: kitty.RGB, Width: 200, Height: 75}).Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	check(t, m, 200, 75)
}

func TestASmallFrameIsNotMadeLarger(t *testing.T) {
	if m := scaled(frame(10, 4), 10); m.Rect.Dx() != 10 {
		t.Error(m.Rect)
	}
	var out bytes.Buffer
	if err := Draw(&out, frame(10, 4), Space{Columns: 80}, HalfBlocks); err != nil || !strings.Contains(out.String(), "▀") {
		t.Errorf("%q, %v", out.String(), err)
	}
	if err := Draw(&out, frame(10, 4), Space{Columns: 80}, "tektronix"); err == nil || !strings.Contains(err.Error(), "blocks, sixel and kitty are known") {
		t.Errorf(`got err %+v; want err != nil, strings.Contains(err.Error(), "blocks, sixel and kitty are known")`, err)
	}
}

func FuzzUnderstand(f *testing.F) {
	f.Add([]byte("\x1b[?62;4c"))
	f.Fuzz(func(t *testing.T, answer []byte) {
		if p := understand(answer); p != Kitty && p != Sixel && p != HalfBlocks {
			t.Fatal(p)
		}
	})
}

func pipe(t *testing.T) (in, out *os.File) {
	t.Helper()
	in, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = in.Close(), out.Close() })
	return in, out
}
