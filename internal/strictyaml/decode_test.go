package strictyaml

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

type camera struct {
	Name string        `yaml:"name"`
	FPS  float64       `yaml:"fps"`
	Wait time.Duration `yaml:"wait"`
}

func (c *camera) SetDefaults() { c.FPS = 15 }

type config struct {
	Site    string            `yaml:"site"`
	Count   uint              `yaml:"count"`
	On      bool              `yaml:"on"`
	Cameras []camera          `yaml:"cameras"`
	Labels  map[string]string `yaml:"labels"`
	Nested  struct {
		Threshold float64 `yaml:"threshold"`
	} `yaml:"nested"`
}

func TestDecodeReadsAndKeepsDefaults(t *testing.T) {
	c := config{Site: "before", Count: 3}
	doc := Decode("f.yaml", []byte("on: true\ncameras:\n  - name: 4711\n    wait: 2s\nlabels: {a: b}\n"), &c)
	if err := doc.Err(); err != nil {
		t.Fatal(err)
	}
	want := config{Site: "before", Count: 3, On: true, Cameras: []camera{{"4711", 15, 2 * time.Second}}, Labels: map[string]string{"a": "b"}}
	if diff := cmp.Diff(want, c); diff != "" {
		t.Error(diff)
	}
	if !doc.Has("cameras[0].wait") || doc.Has("site") || doc.Line("cameras[0].fps") != 3 {
		t.Errorf(`written keys are not known by their lines: %v; want doc.Has("cameras[0].wait"), not doc.Has("site"), doc.Line("cameras[0].fps") == 3`, doc.lines)
	}
}

func TestEveryProblemAtOnceWithItsWholeMessage(t *testing.T) {
	tests := map[string]struct{ in, want string }{
		"unknown key, near":      {"sit: x", "f.yaml:1: sit: unknown key: did you mean site?"},
		"unknown key, far":       {"zzzzzzzz: x", "f.yaml:1: zzzzzzzz: unknown key: known here are cameras, count, labels, nested, on, site"},
		"key twice":              {"site: a\nsite: b", "f.yaml:2: site: is written twice (first on line 1)"},
		"number":                 {"nested:\n  threshold: high", "f.yaml:2: nested.threshold: must be a number (got \"high\")"},
		"not a number":           {"nested: {threshold: .nan}", "f.yaml:1: nested.threshold: must be a number (got \".nan\")"},
		"negative count":         {"count: -1", "f.yaml:1: count: must be a whole number, 0 or more (got \"-1\")"},
		"bool":                   {"on: 7", "f.yaml:1: on: must be true or false (got \"7\")"},
		"duration":               {"cameras:\n- wait: 3", "f.yaml:2: cameras[0].wait: must be a duration such as 500ms, 5s or 2m (got \"3\")"},
		"list wanted":            {"cameras: one", "f.yaml:1: cameras: must be a list (got \"one\")"},
		"mapping wanted":         {"nested: [1]", "f.yaml:1: nested: must be a mapping of keys (got a list)"},
		"text wanted":            {"site: [1]", "f.yaml:1: site: must be text (got a list)"},
		"alias":                  {"site: &a x\nlabels: {k: *a}", "f.yaml:2: labels.k: aliases (*a) are not supported: write the value out"},
		"several, in file order": {"sit: x\non: 7\n", "f.yaml:1: sit: unknown key: did you mean site?\nf.yaml:2: on: must be true or false (got \"7\")"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			err := Decode("f.yaml", []byte(tc.in), &config{}).Err()
			if err == nil {
				t.Fatal("no error")
			}
			if diff := cmp.Diff(tc.want, err.Error()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// pair is written as two numbers, host as a text of its own.
type pair [2]float64

func (p *pair) UnmarshalNumbers(numbers []float64) error {
	if len(numbers) != len(p) {
		return errors.New("must be two numbers")
	}
	*p = pair(numbers)
	return nil
}

type host struct{ name string }

func (h *host) UnmarshalText(text []byte) error {
	if h.name = string(text); h.name == "" {
		return errors.Join(errors.New("one"), errors.New("two"))
	}
	return nil
}

func TestDecode_TypesThatReadThemselves(t *testing.T) {
	type document struct {
		At   pair   `yaml:"at"`
		More []pair `yaml:"more"`
		Host host   `yaml:"host"`
	}
	read := func(text string) (document, error) {
		d := document{At: pair{7, 7}}
		return d, Decode("f.yaml", []byte(text), &d).Err()
	}
	if d, err := read("at: [1, 2.5]\nmore: [[3, 4], [5, 6]]\nhost: cam"); err != nil || d.At != (pair{1, 2.5}) || !slices.Equal(d.More, []pair{{3, 4}, {5, 6}}) || d.Host.name != "cam" {
		t.Errorf(`got %+v, %v; want err == nil, d.At == (pair{1, 2.5}), slices.Equal(d.More, []pair{{3, 4}, {5, 6}}), d.Host.name == "cam"`, d, err)
	}
	if d, err := read("at:\nhost: cam"); err != nil || d.At != (pair{7, 7}) {
		t.Errorf("got %+v, %v, want the default of what is absent", d, err)
	}
	for text, want := range map[string]string{
		"host: cam\nat:\n- 1":        "f.yaml:2: at: must be two numbers",
		"more: [[1, 2],\n [3]]":      "f.yaml:2: more[1]: must be two numbers",
		"at: [1, x, 3]":              `f.yaml:1: at[1]: must be a number (got "x")`,
		"at: 5":                      `f.yaml:1: at: must be a list (got "5")`,
		"host: ''":                   "f.yaml:1: host: one; two",
		"host: {name: cam}":          "f.yaml:1: host: must be text (got a mapping)",
		"host: [cam]\nat: {x: 1}":    "f.yaml:1: host: must be text (got a list)\nf.yaml:2: at: must be a list (got a mapping)",
		"host: {}\nmore: [null, []]": "f.yaml:1: host: " + bracesMessage + "\nf.yaml:2: more[1]: must be two numbers",
	} {
		if _, err := read(text); err == nil || err.Error() != want {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
}

func TestAddfPointsAtTheNearestWrittenParent(t *testing.T) {
	doc := Decode("f.yaml", []byte("\ncameras:\n- name: a\n"), &config{})
	doc.Addf("cameras[0].fps", "must be positive (got %v)", -1)
	if diff := cmp.Diff("f.yaml:3: cameras[0].fps: must be positive (got -1)", doc.Err().Error()); diff != "" {
		t.Error(diff)
	}
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{"\xff\xfea\x00", "a: 1\n---\nb: 2\n", "a: [b {}, c]", "a:\n\tb: 1", "\u00a0a: \u201cb\u201d", "a: 010\nb: {c: 0,5}", "a: *b", "---", "...\n---\n---\n- x", "", "a: b", "site: [", "cameras: [{name: {}}]", "? [a]\n: b", "<<: *x", "- - - -"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(_ *testing.T, data []byte) { _ = Decode("f", data, &config{}).Err() })
}
