package meter

import (
	"testing"
	"time"
)

// began is when the first code of this package ran.
var began = time.Now()

func TestAge(t *testing.T) {
	first, err := Age()
	if err != nil {
		t.Fatal(err)
	}
	for time.Since(began) < 30*time.Millisecond {
		_, _ = Age()
	}
	own := time.Since(began)
	later, err := Age()
	if err != nil || later <= first || later < own-time.Second/ticks {
		t.Errorf("the process is %v old, then %v, and its code has run for %v: %v", first, later, own, err)
	}
	if later > own+time.Minute {
		t.Errorf("the process is %v old, and its code has run for %v", later, own)
	}
}
