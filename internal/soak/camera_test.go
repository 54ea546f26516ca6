package soak

import (
	"fmt"
	"image"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"pristine/capture"
	"pristine/capture/opencv"
	"pristine/capture/testline"
	"pristine/internal/mjpegtest"
)

// record returns pictures of the built-in belt.
func record(t *testing.T, n int) (pictures [][]byte) {
	t.Helper()
	options, err := testline.Parse("testline://?fps=0&seed=5&speed=300&defect_rate=0.2")
	if err != nil {
		t.Fatal(err)
	}
	source := testline.Open(options)
	defer source.Close()
	var f capture.Frame
	for range n {
		f.Part, f.PartEnd = "", false
		if err := source.Read(t.Context(), &f); err != nil {
			t.Fatal(err)
		}
		jpeg, err := opencv.Thumbnail(f.Pix, f.Width, f.Height, image.Rect(0, 0, f.Width, f.Height), 480, 85)
		if err != nil {
			t.Fatal(err)
		}
		pictures = append(pictures, jpeg)
	}
	return pictures
}

// What the network camera does.
const (
	serves int32 = iota
	unauthorized
	stalls
	gone // closes each connection
	garbage
	ways
)

// networkCamera serves recorded pictures as MJPEG.
type networkCamera struct {
	url      string
	way      atomic.Int32
	pictures [][]byte
}

func newNetworkCamera(t *testing.T, pictures [][]byte) *networkCamera {
	t.Helper()
	c := &networkCamera{pictures: pictures}
	s := httptest.NewServer(http.HandlerFunc(c.serve))
	t.Cleanup(s.Close)
	c.url = s.URL
	return c
}

func (c *networkCamera) serve(w http.ResponseWriter, r *http.Request) {
	if c.way.Load() == unauthorized {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	stream := mjpegtest.Begin(w)
	pace := time.NewTicker(500 * time.Millisecond)
	defer pace.Stop()
	for i := 0; ; i++ {
		select {
		case <-pace.C:
		case <-r.Context().Done():
			return
		}
		jpeg := c.pictures[i%len(c.pictures)]
		switch c.way.Load() {
		case stalls:
			continue
		case gone, unauthorized:
			panic(http.ErrAbortHandler)
		case garbage:
			jpeg = jpeg[:len(jpeg)/2]
		}
		if stream.Send(jpeg) != nil {
			return
		}
	}
}

// folder receives pictures as a camera program writes them. Each is another picture: a
// comment of its own makes it so.
type folder struct {
	t        *testing.T
	dir      string
	pictures [][]byte
	put      int
}

// add puts one more picture into the folder.
func (f *folder) add() {
	name := fmt.Sprintf("part-%06d.jpg", f.put)
	picture := f.pictures[f.put%len(f.pictures)]
	comment := append([]byte{0xff, 0xfe, 0, byte(2 + len(name))}, name...) // a COM segment, behind SOI
	data := append(append(append([]byte{}, picture[:2]...), comment...), picture[2:]...)
	whole := filepath.Join(f.dir, name)
	err := os.WriteFile(whole+".tmp", data, 0o600)
	if err == nil {
		err = os.Rename(whole+".tmp", whole)
	}
	if err != nil {
		f.t.Errorf("put a picture into the folder: %v", err)
		return
	}
	f.put++
}

// waiting counts the pictures that were not moved yet.
func (f *folder) waiting() int {
	left, err := filepath.Glob(filepath.Join(f.dir, "*.jpg"))
	if err != nil {
		f.t.Error(err)
	}
	return len(left)
}
