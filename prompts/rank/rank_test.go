package rank

import (
	"reflect"
	"testing"

	"pristine/prompts"
)

const file = `
name: test
object: lid
pristine: ["flawless {}", "perfect {}"]
defects:
  scratch: {prompts: ["scratched {}", "{} with a scratch"], weight: 2}
  burr: {prompts: ["{} with a burr"]}
lookalikes:
  glare: {prompts: ["shiny {}"]}
`

func parse(t *testing.T, text string) *prompts.Set {
	t.Helper()
	set, err := prompts.Parse("set.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// Each variant differs from the given set in one prompt, and the given set is
// not changed.
func TestVariantsChangeOnePrompt(t *testing.T) {
	set := parse(t, file)
	count := func(s *prompts.Set) int {
		n := len(s.Pristine)
		for _, m := range []map[string]prompts.State{s.Defects, s.Lookalikes} {
			for _, c := range m {
				n += len(c.Prompts)
				if len(c.Prompts) == 0 || c.Weight == 0 || c.Severity == "" {
					t.Errorf("a class without prompts, weight or severity: %+v", c)
				}
			}
		}
		return n
	}
	before := count(set)
	var dropped []string
	added := map[string]bool{}
	for _, v := range Variants(set) {
		switch n := count(v.Set); v.Change {
		case Drop:
			dropped = append(dropped, v.Class+": "+v.Prompt)
			if n != before-1 {
				t.Errorf("%+v has %d prompts of %d", v, n, before)
			}
		case Add:
			added[v.Prompt] = true
			if n != before+1 {
				t.Errorf("%+v has %d prompts of %d", v, n, before)
			}
		}
	}
	want := []string{"pristine: flawless {}", "pristine: perfect {}", "burr: {} with a burr", "scratch: scratched {}", "scratch: {} with a scratch", "glare: shiny {}"}
	if !reflect.DeepEqual(dropped, want) {
		t.Errorf("dropped %v", dropped)
	}
	if added["flawless {}"] || added["{} with a scratch"] || !added["cracked {}"] || !added["{} with a reflection"] {
		t.Errorf("added %v", added)
	}
	if !reflect.DeepEqual(set, parse(t, file)) {
		t.Error("the given set was changed")
	}
}

func TestWhatASetCannotDoWithoutStays(t *testing.T) {
	for _, v := range Variants(parse(t, "name: x\nobject: lid\npristine: [\"good {}\"]\ndefects: {scratch: {prompts: [\"scratched {}\"]}}")) {
		if v.Change == Drop {
			t.Errorf("dropped %s: %s", v.Class, v.Prompt)
		}
	}
}
