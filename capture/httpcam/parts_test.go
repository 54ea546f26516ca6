package httpcam

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"pristine/capture"
)

// jpegOf is a picture of its own for each n, whose scan holds line ends and dashes.
func jpegOf(t testing.TB, n int) []byte {
	t.Helper()
	random := rand.New(rand.NewPCG(uint64(n), 1))
	m := image.NewGray(image.Rect(0, 0, 96, 64))
	for i := range m.Pix {
		m.Pix[i] = byte(random.Uint32())
	}
	m.SetGray(0, 0, color.Gray{byte(n)})
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 80}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// quirks are streams of three pictures as cameras send them.
func quirks(t testing.TB) map[string]struct{ declared, stream string } {
	pictures := []string{string(jpegOf(t, 1)), string(jpegOf(t, 2)), string(jpegOf(t, 3))}
	each := func(format string) string { // with %[1]s the picture, %[2]d its length
		var b strings.Builder
		for _, p := range pictures {
			if strings.Contains(format, "%[2]d") {
				fmt.Fprintf(&b, format, p, len(p))
			} else {
				fmt.Fprintf(&b, format, p)
			}
		}
		return b.String()
	}
	const header = "Content-Type: image/jpeg\r\nContent-Length: %[2]d\r\n\r\n%[1]s\r\n"
	return map[string]struct{ declared, stream string }{
		"by the book":                              {"b", each("--b\r\n" + header)},
		"no boundary parameter":                    {"", each("--b\r\n" + header)},
		"the dashes declared":                      {"--b", each("--b\r\n" + header)},
		"the dashes declared, and sent twice":      {"--b", each("----b\r\n" + header)},
		"a boundary without dashes":                {"b", each("b\r\n" + header)},
		"lines of another name":                    {"b", each("--frame\r\n" + header)},
		"a longer name":                            {"b", each("--boundary\r\n" + header)},
		"no boundary before the first part":        {"b", strings.TrimPrefix(each("--b\r\n"+header), "--b\r\n")},
		"the boundary behind each part":            {"b", each(header + "--b\r\n")},
		"the header on the boundary's line":        {"b", each("--b Content-Type: image/jpeg\r\n\r\n%[1]s\r\n")},
		"that without a blank":                     {"", each("--bContent-Type: image/jpeg\r\n\r\n%[1]s\r\n")},
		"no header":                                {"b", each("--b\r\n\r\n%[1]s\r\n")},
		"no blank line behind the boundary":        {"b", each("--b\r\n%[1]s\r\n")},
		"no blank line behind the header":          {"b", each("--b\r\nContent-Type: image/jpeg\r\n%[1]s\r\n")},
		"two blank lines":                          {"b", each("--b\r\nContent-Type: image/jpeg\r\n\r\n\r\n%[1]s\r\n")},
		"glued":                                    {"", each("%[1]s")},
		"glued parts":                              {"b", each("--b\r\nContent-Type: image/jpeg\r\n\r\n%[1]s")},
		"line ends between":                        {"", each("%[1]s\r\n")},
		"lines of the header without a colon":      {"b", each("--b\r\nHTTP/1.0 200 OK\r\nServer camera\r\n" + header)},
		"blanks before the colon":                  {"b", each("--b\r\nContent-Length : %[2]d\r\n\r\n%[1]s\r\n")},
		"blanks within the boundary":               {"my boundary", each("--my boundary\r\n" + header)},
		"blanks behind the boundary":               {"b", each("--b  \r\n" + header)},
		"line feeds only":                          {"b", each("--b\nContent-Type: image/jpeg\nContent-Length: %[2]d\n\n%[1]s\n")},
		"a length that is too short":               {"b", each("--b\r\nContent-Length: 100\r\n\r\n%[1]s\r\n")},
		"a length that is too long":                {"b", each("--b\r\nContent-Length: 9000000\r\n\r\n%[1]s\r\n")},
		"a length beyond all bounds":               {"b", each("--b\r\nContent-Length: 99999999999999999999\r\n\r\n%[1]s\r\n")},
		"a negative length":                        {"b", each("--b\r\nContent-Length: -1\r\n\r\n%[1]s\r\n")},
		"a length of nothing before each":          {"b", each("--b\r\nContent-Length: 0\r\n\r\n--b\r\n" + header)},
		"empty parts":                              {"b", each("--b\r\n\r\n--b\r\nContent-Type: image/jpeg\r\n\r\n\r\n--b\r\n" + header)},
		"every boundary as the last":               {"b", each("--b--\r\n" + header)},
		"zeros behind each picture":                {"b", each("--b\r\nContent-Type: image/jpeg\r\n\r\n%[1]s" + strings.Repeat("\x00", 100) + "\r\n")},
		"parts that are no pictures":               {"b", each("--b\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello\r\n--b\r\n" + header)},
		"text parts without a length":              {"b", each("--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n--b\r\n" + header)},
		"a line of text first":                     {"b", "OK\r\n" + each("--b\r\n"+header)},
		"a header of HTTP repeated":                {"b", "HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace;boundary=b\r\n\r\n" + each("--b\r\n"+header)},
		"a long boundary with quotes":              {"----=_Part'0()+_,-./:=?", each("------=_Part'0()+_,-./:=?\r\n" + header)},
		"times and names of its own in the header": {"b", each("--b\r\nX-Timestamp: 1690526144.5\r\nDate: now\r\nX-Framerate: 25\r\n" + header)},
	}
}

func TestParts_WhatCamerasSend(t *testing.T) {
	for name, tc := range quirks(t) {
		t.Run(name, func(t *testing.T) {
			for way, body := range map[string]io.Reader{
				"at once": strings.NewReader(tc.stream), "byte by byte": iotest.OneByteReader(strings.NewReader(tc.stream)),
			} {
				p := &parts{body: body, declared: tc.declared}
				for n := 1; n <= 3; n++ {
					if got, err := p.next(); err != nil || !bytes.Equal(got, jpegOf(t, n)) {
						t.Fatalf("%s: picture %d: got %d bytes, %v; want its %d", way, n, len(got), err, len(jpegOf(t, n)))
					}
				}
				if got, err := p.next(); !errors.Is(err, capture.ErrEnded) {
					t.Errorf("%s: behind the last: got %d bytes, %v; want %v", way, len(got), err, capture.ErrEnded)
				}
			}
		})
	}
}

// A picture is given as soon as its last byte is there.
func TestParts_DoesNotWaitForTheNextPart(t *testing.T) {
	for name, tc := range quirks(t) {
		r, w := io.Pipe()
		p := &parts{body: r, declared: tc.declared}
		limit := time.AfterFunc(10*time.Second, func() { _ = r.CloseWithError(capture.ErrTimeout) })
		end := strings.Index(tc.stream, string(jpegOf(t, 1))) + len(jpegOf(t, 1))
		go func() { _, _ = io.WriteString(w, tc.stream[:end]) }() // and nothing more: a wait would never end
		if got, err := p.next(); err != nil || !bytes.Equal(got, jpegOf(t, 1)) {
			t.Errorf("%s: got %d bytes, %v", name, len(got), err)
		}
		limit.Stop()
		_ = w.Close()
	}
}

// A picture that is cut off costs itself only: it ends where the next part begins.
func TestParts_ACutPictureCostsItselfOnly(t *testing.T) {
	whole := jpegOf(t, 1)
	for name, tc := range map[string]struct{ declared, header string }{
		"with boundaries": {"b", "--b\r\nContent-Type: image/jpeg\r\n\r\n"}, "with lengths": {"b", "--b\r\nContent-Length: 1000\r\n\r\n"}, "glued": {"", ""},
	} {
		for _, share := range []float64{0.1, 0.5, 0.99} { // the first within its tables
			cut := whole[:int(share*float64(len(whole)))]
			stream := tc.header + string(cut) + "\r\n" + tc.header + string(jpegOf(t, 2)) + "\r\n" + tc.header + string(jpegOf(t, 3))
			p := partsOf([]byte(stream), tc.declared)
			var got [][]byte
			for {
				data, err := p.next()
				if err != nil {
					break
				}
				got = append(got, bytes.Clone(data))
			}
			last := len(got) - 1
			if last < 1 || !bytes.Equal(got[last], jpegOf(t, 3)) || (tc.declared != "" || share > 0.2) && (last != 2 || !bytes.Equal(got[1], jpegOf(t, 2))) {
				t.Errorf(`%s, %.0f%%: got %d pictures, the sound ones not at the end; want last >= 1, bytes.Equal(got[last], jpegOf(t, 3)), not (tc.declared != "" || share > 0.2) && (last != 2 || !bytes.Equal(got[1], jpegOf(t, 2)))`, name, 100*share, len(got))
			}
			if bytes.Contains(got[0], []byte("--b")) {
				t.Errorf("%s, %.0f%%: the cut picture holds the boundary", name, 100*share)
			}
		}
	}
}

func TestParts_Bounds(t *testing.T) {
	endless := func(start string, fill byte) io.Reader {
		return io.MultiReader(strings.NewReader(start), io.LimitReader(&loop{data: bytes.Repeat([]byte{fill}, chunk)}, 1<<30))
	}
	for name, tc := range map[string]struct {
		body  io.Reader
		words string
	}{
		"no line ever ends":        {endless("", 7), "no picture in"},
		"lines without a picture":  {endless("", '\n'), "no picture in"},
		"a picture without an end": {endless("--b\r\n\r\n\xff\xd8\xff\xda\x00\x02", 7), "picture larger than the limit"},
		"another without an end":   {endless("--b\r\nContent-Type: image/png\r\n\r\n", 7), "picture larger than the limit"},
		"another beyond bounds":    {endless("--b\r\nContent-Length: 99999999\r\n\r\n", 7), "at most 33554432 are read"},
		"video in parts":           {strings.NewReader(strings.Repeat("--data-boundary--\r\nContent-Type: video/x-h264\r\nContent-Length: 4\r\n\r\n\x00\x00\x00\x01\r\n", 20)), "choose MJPEG"}, // AlexxIT/go2rtc#545
	} {
		p := &parts{body: tc.body}
		if _, err := p.next(); !errors.Is(err, capture.ErrCodec) || !strings.Contains(err.Error(), tc.words) {
			t.Errorf("%s: got %v, want %v with %q", name, err, capture.ErrCodec, tc.words)
		}
		if len(p.buffer) > 3*MaxBytes {
			t.Errorf("%s: %d bytes are kept", name, len(p.buffer))
		}
	}
}

// In steady state a picture costs no allocation.
func TestParts_AllocatesNothing(t *testing.T) {
	picture := append([]byte("--b\r\nContent-Type: image/jpeg\r\nContent-Length: 123\r\n\r\n"), jpegOf(t, 1)...)
	p := &parts{body: &loop{data: append(picture, "\r\n"...)}, declared: "b"}
	read := func() {
		if _, err := p.next(); err != nil {
			t.Fatal(err)
		}
	}
	for range 20 {
		read()
	}
	if n := testing.AllocsPerRun(100, read); n > 0 {
		t.Errorf("%v allocations a picture", n)
	}
}

// loop returns its data for ever.
type loop struct {
	data []byte
	at   int
}

func (l *loop) Read(b []byte) (int, error) {
	n := copy(b, l.data[l.at:])
	l.at = (l.at + n) % len(l.data)
	return n, nil
}

func FuzzParts(f *testing.F) {
	for _, tc := range quirks(f) {
		f.Add([]byte(tc.stream), tc.declared)
	}
	f.Add([]byte("--b\r\nContent-Length: 2\r\n\r\nab\r\n--b\r\n\r\nc\r\n--b--\r\n"), "b")
	f.Fuzz(func(t *testing.T, data []byte, declared string) {
		p := partsOf(data, declared)
		total := 0
		for range 1000 {
			got, err := p.next()
			if err != nil {
				if !errors.Is(err, capture.ErrEnded) && !errors.Is(err, capture.ErrCodec) {
					t.Errorf("%v is none of the causes", err)
				}
				return
			}
			if total += len(got); len(got) == 0 || total > len(data) {
				t.Fatalf("%d bytes of %d", total, len(data))
			}
		}
	})
}
