package observe

import (
	"os"
	"testing"
)

func TestMain(m *testing.M) {
	if err := os.Chdir(".."); err != nil { // models/ and configs/ lie there
		panic(err)
	}
	os.Exit(m.Run())
}
