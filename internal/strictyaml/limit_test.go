package strictyaml

import (
	"strings"
	"testing"
)

func TestDecode_TooLarge(t *testing.T) {
	var out struct {
		Name string `yaml:"name"`
	}
	text := "name: lid\n#" + strings.Repeat("x", MaxBytes-12) + "\n"
	if err := Decode("a.yaml", []byte(text), &out).Err(); err != nil || len(text) != MaxBytes {
		t.Errorf("%d bytes: %v", len(text), err)
	}
	err := Decode("a.yaml", []byte(text+"\n"), &out).Err()
	if want := "a.yaml:1: it has 1048577 bytes: at most 1048576 are read"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
