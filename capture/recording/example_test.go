package recording_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"

	"pristine/capture"
	"pristine/capture/recording"
)

func ExampleCreate() {
	dir, err := os.MkdirTemp("", "recording")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	encode := func(pix []byte, width, height int) ([]byte, error) {
		m := image.NewNRGBA(image.Rect(0, 0, width, height))
		for i := range width * height {
			m.Set(i%width, i/width, color.NRGBA{pix[3*i+2], pix[3*i+1], pix[3*i], 255})
		}
		var b bytes.Buffer
		err := png.Encode(&b, m)
		return b.Bytes(), err
	}
	w, err := recording.Create(filepath.Join(dir, "belt"), encode)
	if err != nil {
		fmt.Println(err)
		return
	}
	f := capture.Frame{Part: "flange-1"}
	f.Resize(16, 16)
	fmt.Println(w.Write(&f), w.Close())

	source, err := recording.Open(filepath.Join(dir, "belt"), recording.Options{Decode: func(f *capture.Frame, data []byte) error {
		m, err := png.Decode(bytes.NewReader(data))
		if err == nil {
			f.Resize(m.Bounds().Dx(), m.Bounds().Dy())
		}
		return err
	}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer source.Close()
	var again capture.Frame
	err = source.Read(context.Background(), &again)
	fmt.Println(again.Part, again.Width, err)
	// Output:
	// <nil> <nil>
	// flange-1 16 <nil>
}
