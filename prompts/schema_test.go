package prompts

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
)

const schemaFile = "../configs/prompts/schema.json"

// cases reads testdata/NAME: cases of a file, "---", and what is expected of
// it, between lines of "===".
func cases(t *testing.T, name string) [][2]string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	var all [][2]string
	for _, c := range strings.Split(strings.TrimSuffix(strings.TrimSpace(string(data)), "\n==="), "\n===\n") {
		in, want, ok := strings.Cut(c, "\n---\n")
		if !ok {
			t.Fatalf("case without ---: %q", c)
		}
		all = append(all, [2]string{in, want})
	}
	return all
}

func TestEveryMistakeHasItsMessage(t *testing.T) {
	all := cases(t, "mistakes.txt")
	if len(all) < 30 {
		t.Errorf("only %d cases", len(all))
	}
	for _, c := range all {
		t.Run(fmt.Sprintf("%.40q", c[0]), func(t *testing.T) {
			_, err := Parse("set.yaml", []byte(c[0]))
			if err == nil {
				t.Fatalf("no error, want %s", c[1])
			}
			if diff := cmp.Diff(c[1], err.Error()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// What the schema cannot say: an order of two numbers, and that two texts or
// two names are the same though they are written differently.
var beyondTheSchema = []string{"must be 0 < review ≤ fail", "≤ rate ≤ high", "is listed twice", "is the name of a defect too", "must not have the name of the good state", "must hold {} once"}

func TestTheSchemaAndTheParserAgree(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	type file struct{ name, text string }
	var files []file
	for _, c := range cases(t, "mistakes.txt") {
		files = append(files, file{fmt.Sprintf("%.40q", c[0]), c[0]})
	}
	for _, c := range cases(t, "good.txt") {
		files = append(files, file{fmt.Sprintf("%.40q", c[0]), c[0]})
	}
	shipped, _ := filepath.Glob("../configs/prompts/*.yaml")
	for _, name := range shipped {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file{name, string(data)})
	}
	good := 0
	for _, f := range files {
		_, parsed := Parse("set.yaml", []byte(f.text))
		if parsed != nil && onlyBeyond(parsed.Error()) {
			continue
		}
		if parsed == nil {
			good++
		}
		var v any
		judged := yaml.Unmarshal([]byte(f.text), &v)
		if judged == nil {
			judged = schema.Validate(asEditorsRead(v))
		}
		if (parsed == nil) != (judged == nil) {
			t.Errorf("%s: the parser says %v, the schema %v", f.name, parsed, judged)
		}
	}
	if good < 12 || len(files)-good < 25 {
		t.Errorf("%d good files and %d bad ones are too few to tell", good, len(files)-good)
	}
}

// asEditorsRead undoes what YAML 1.1 makes of a date: editors read YAML 1.2,
// where it is a text.
func asEditorsRead(v any) any {
	switch v := v.(type) {
	case time.Time:
		return v.Format(time.DateOnly)
	case map[string]any:
		for key, value := range v {
			v[key] = asEditorsRead(value)
		}
	}
	return v
}

func onlyBeyond(message string) bool {
	for line := range strings.Lines(message) {
		beyond := false
		for _, part := range beyondTheSchema {
			beyond = beyond || strings.Contains(line, part)
		}
		if !beyond {
			return false
		}
	}
	return true
}
