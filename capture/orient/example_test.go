package orient_test

import (
	"fmt"

	"pristine/capture/orient"
)

func ExampleCopy() {
	// Two pixels of packed BGR side by side, stored rotated (EXIF orientation 6).
	stored := []byte{1, 1, 1, 2, 2, 2}
	upright := make([]byte, len(stored))
	orient.Copy(upright, stored, 6, 2, 1, 6)
	width, height := orient.Size(2, 1, 6)
	fmt.Println(width, height, upright[0], upright[3])
	// Output: 1 2 1 2
}
