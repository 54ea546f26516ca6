package health_test

import (
	"fmt"
	"time"

	"pristine/capture"
	"pristine/inspect/health"
)

func ExampleChecker() {
	c := health.New(health.Limits{BlackMean: 8, MaxAge: time.Second}, nil)
	var f capture.Frame
	f.Resize(640, 480) // all pixels are black
	f.Captured = time.Now()
	fmt.Println(c.Check(&f, f.Captured))

	for i := range f.Pix {
		f.Pix[i] = 100
	}
	fmt.Printf("%q\n", c.Check(&f, f.Captured))
	fmt.Println(c.Check(&f, f.Captured.Add(time.Minute)))
	// Output:
	// black
	// ""
	// stale
}
