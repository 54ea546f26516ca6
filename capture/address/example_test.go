package address_test

import (
	"fmt"

	"pristine/capture/address"
)

func ExampleParse() {
	a, err := address.Parse("rtsp://user:secret@camera:554/stream#hardware=1")
	fmt.Println(a.Kind, a.Hardware, a.Live(), err)
	fmt.Println(a) // the password is hidden

	_, err = address.Parse("v4l2:///dev/video0?widht=1280&fps=0")
	fmt.Println(err)
	// Output:
	// rtsp true true <nil>
	// rtsp://***@camera:554/stream#hardware=1
	// fps must be a number from 0.01 to 240 (got "0")
	// unknown option "widht": did you mean width?
}
