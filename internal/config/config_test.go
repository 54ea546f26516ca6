package config

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pristine/internal/strictyaml"
)

func TestTheShippedFileIsTheDefault(t *testing.T) {
	file := filepath.Join("..", "..", "configs", "edge.yaml")
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	shipped, err := Parse(file, data)
	if err != nil {
		t.Fatal(err)
	}
	empty, err := Parse("empty", nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(empty, shipped); diff != "" {
		t.Errorf("configs/edge.yaml differs from the defaults:\n%s", diff)
	}
	var c Config
	doc := strictyaml.Decode(file, data, &c)
	for _, key := range keys(reflect.TypeFor[Config](), "") {
		// The list of regions is empty by default: its keys stand in a comment.
		if field, ok := strings.CutPrefix(key, "cameras[0].regions[0]."); ok && strings.Contains(string(data), field+": …") {
			continue
		}
		if !doc.Has(key) {
			t.Errorf("configs/edge.yaml does not show %s", key)
		}
	}
}

func keys(t reflect.Type, prefix string) []string {
	var all []string
	for i := range t.NumField() {
		f := t.Field(i)
		key := prefix + f.Tag.Get("yaml")
		all = append(all, key)
		switch {
		case isMapping(f.Type):
			all = append(all, keys(f.Type, key+".")...)
		case f.Type.Kind() == reflect.Slice && f.Type.Elem().Kind() == reflect.Struct:
			all = append(all, keys(f.Type.Elem(), key+"[0].")...)
		}
	}
	return all
}

// mistakes reads testdata/mistakes.txt: a file, "---", the whole message, and a
// line of "===" between two cases.
func mistakes(t *testing.T) (all [][2]string) {
	t.Helper()
	data, err := os.ReadFile("testdata/mistakes.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range strings.Split(strings.TrimSpace(string(data)), "\n===\n") {
		in, want, ok := strings.Cut(strings.TrimSuffix(c, "\n==="), "\n---\n")
		if !ok {
			t.Fatalf("case without ---: %q", c)
		}
		all = append(all, [2]string{in, want})
	}
	return all
}

func TestEveryMistakeHasItsMessage(t *testing.T) {
	cases := mistakes(t)
	if len(cases) < 30 {
		t.Errorf("only %d cases", len(cases))
	}
	for _, c := range cases {
		t.Run(fmt.Sprintf("%.40q", c[0]), func(t *testing.T) {
			_, err := Parse("edge.yaml", []byte(c[0]))
			if err == nil {
				t.Fatalf("no error, want %s", c[1])
			}
			if diff := cmp.Diff(c[1], err.Error()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("cameras: [{name: a, source: b, region: [0, 0, 1, 1]}]"))
	f.Add([]byte("events: {listen: \":0\", hub: {url: \"nats://u:p@h\"}}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Parse("f", data)
		if (c == nil) == (err == nil) {
			t.Fatal("a configuration or an error, not both")
		}
	})
}
