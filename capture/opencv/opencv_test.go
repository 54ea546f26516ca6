package opencv

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pristine/capture"
	"pristine/capture/replay"
)

func TestSourcesThatCannotBeOpenedSayWhatToDo(t *testing.T) {
	tests := map[string]string{
		"v4l2:///dev/video99":   "`ls /dev/video*` lists the cameras",
		"gst://no-such-element": "check the pipeline with gst-launch-1.0",
		"ftp://host/v":          `unknown scheme "ftp"`,
	}
	for address, want := range tests {
		s, err := Open(address, Options{})
		if err == nil {
			s.Close()
			t.Errorf("%s was opened", address)
			continue
		}
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", address, err, want)
		}
	}
}

func TestDecodeRefusesWhatIsNoPicture(t *testing.T) {
	var good bytes.Buffer
	if err := png.Encode(&good, image.NewRGBA(image.Rect(0, 0, 8, 4))); err != nil {
		t.Fatal(err)
	}
	// A PNG whose header claims 60,000 × 60,000 pixels.
	bomb := bytes.Clone(good.Bytes())
	binary.BigEndian.PutUint32(bomb[16:], 60000)
	binary.BigEndian.PutUint32(bomb[20:], 60000)
	binary.BigEndian.PutUint32(bomb[29:], crc32.ChecksumIEEE(bomb[12:29]))
	for name, tc := range map[string]struct {
		data []byte
		want string
	}{
		"empty": {nil, "the file is empty"}, "text": {[]byte("hello"), "can be read"}, "bomb": {bomb, "it claims 60000×60000 pixels"}, "cut": {good.Bytes()[:40], "damaged"},
	} {
		if _, _, _, err := Decode(tc.data); !errors.Is(err, ErrPicture) || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v, want %q", name, err, tc.want)
		}
	}
	if _, width, height, err := Decode(good.Bytes()); err != nil || width != 8 || height != 4 {
		t.Errorf("a good picture is %d×%d, %v; want err == nil, width == 8, height == 4", width, height, err)
	}
}

func TestJPEGKeepsTheColourOrder(t *testing.T) {
	blue := bytes.Repeat([]byte{250, 20, 10}, 32*32)
	data, err := EncodeJPEG(blue, 32, 32, 95)
	if err != nil {
		t.Fatal(err)
	}
	img, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if c := color.RGBAModel.Convert(img.At(16, 16)).(color.RGBA); c.B < 230 || c.R > 40 {
		t.Errorf("blue became %v", c)
	}
	pix, _, _, err := Decode(data)
	if err != nil || pix[0] < 230 || pix[2] > 40 {
		t.Errorf("blue became %v, %v; want err == nil, pix[0] >= 230, pix[2] <= 40", pix[:3], err)
	}
}

func TestReplayGivesEachPictureOnceAndMarksBadOnes(t *testing.T) {
	dir := t.TempDir()
	data, err := EncodeJPEG(make([]byte, 3*16*16), 16, 16, 90)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "sub"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{"a.jpg": data, "b.jpg": []byte("bad"), "c.txt": []byte("text"), "sub/d.jpg": data} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var bad []string
	s, err := replay.Open(dir, replay.Options{Decode: DecodeFile, Bad: func(path string, _ error) { bad = append(bad, filepath.Base(path)) }})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var parts []string
	var f capture.Frame
	for err = s.Read(context.Background(), &f); err == nil; err = s.Read(context.Background(), &f) {
		if parts = append(parts, f.Part); (f.Damaged != "") != (f.Part == "b.jpg") || (f.Width == 0) != (f.Damaged != "") {
			t.Errorf("%s is %d wide, damaged: %q", f.Part, f.Width, f.Damaged)
		}
	}
	if !errors.Is(err, io.EOF) || strings.Join(parts, " ") != "a.jpg b.jpg sub/d.jpg" || strings.Join(bad, " ") != "b.jpg" {
		t.Errorf(`parts %v, bad %v, %v; want errors.Is(err, io.EOF), strings.Join(parts, " ") == "a.jpg b.jpg sub/d.jpg", strings.Join(bad, " ") == "b.jpg"`, parts, bad, err)
	}
}

func TestTheCSIPipelineAsksForWhatTheAddressSays(t *testing.T) {
	const want = "nvarguscamerasrc sensor-id=1 ! video/x-raw(memory:NVMM),format=NV12,width=1280,height=720,framerate=59940/1000" +
		" ! nvvidconv flip-method=2 ! video/x-raw,format=BGRx ! videoconvert ! video/x-raw,format=BGR ! appsink drop=true max-buffers=1 sync=false"
	if got := csiPipeline("1", Options{Width: 1280, Height: 720, FPS: 59.94, Flip: 2}); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := csiPipeline("0", Options{}); !strings.Contains(got, "width=1920,height=1080,framerate=30000/1000 ! nvvidconv flip-method=0 ") {
		t.Error(got)
	}
}

// A thumbnail shows the region, no larger than asked and never enlarged.
func TestThumbnailShowsTheRegion(t *testing.T) {
	pix := make([]byte, 3*200*100)
	for y := range 100 {
		for x := 100; x < 200; x++ {
			pix[3*(y*200+x)] = 255 // blue on the right
		}
	}
	for _, c := range []struct {
		region              image.Rectangle
		side, width, height int
	}{{image.Rect(100, 0, 200, 50), 40, 40, 20}, {image.Rect(100, 0, 110, 10), 40, 10, 10}, {image.Rect(100, 0, 400, 100), 50, 50, 50}} {
		data, err := Thumbnail(pix, 200, 100, c.region, c.side, 95)
		if err != nil {
			t.Fatal(err)
		}
		small, width, height, err := Decode(data)
		if err != nil || width != c.width || height != c.height {
			t.Errorf("%v: %d×%d, %v", c.region, width, height, err)
			continue
		}
		if middle := small[3*(height/2*width+width/2):]; middle[0] < 240 || middle[2] > 15 {
			t.Errorf("%v: the middle is %v", c.region, middle[:3])
		}
	}
}
