package profiles_test

import (
	"bytes"
	"fmt"
	"runtime/pprof"
	"strings"

	"pristine/telemetry/profiles"
)

func ExampleLabels() {
	belt := profiles.New("belt")
	belt.Set("lid")
	belt.Enter(profiles.Encode)

	var goroutines bytes.Buffer
	if err := pprof.Lookup("goroutine").WriteTo(&goroutines, 1); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(strings.Contains(goroutines.String(), `labels: {"camera":"belt"`))
	// Output: true
}
