package prompts

import (
	"fmt"
	"os"
	"sort"
	"strings"

	"pristine/internal/strictyaml"
)

// Set is one prompt set, a YAML file.
type Set struct {
	Name       string           `yaml:"name"`
	Object     string           `yaml:"object"`   // what the part is called, such as "phone screen"
	Pristine   []string         `yaml:"pristine"` // states of a good part; {} stands for the object
	Defects    map[string]State `yaml:"defects"`
	Lookalikes map[string]State `yaml:"lookalikes"` // what looks like a defect and counts as good
	Templates  Templates        `yaml:"templates"`
	Thresholds Thresholds       `yaml:"thresholds"`
	TextWeight float64          `yaml:"text_weight"` // of the text score beside references, 0 to 10
	Arm        bool             `yaml:"arm"`         // publish FAIL as real; else the set runs in shadow
}

// State is one class of a set.
type State struct {
	Prompts  []string `yaml:"prompts"`  // states; {} stands for the object
	Severity string   `yaml:"severity"` // minor, major or critical
}

// SetDefaults gives the values of absent keys.
func (s *State) SetDefaults() { s.Severity = "major" }

// Thresholds hold P(defect), in [0, 1].
type Thresholds struct {
	Review float64 `yaml:"review"`
	Fail   float64 `yaml:"fail"`
}

// Templates are sentences around a state; {} stands for it.
type Templates []string

// pristineStates and templates follow WinCLIP's table of prompts; a set that
// gives none of its own has them.
var (
	pristineStates = []string{"{}", "flawless {}", "perfect {}", "unblemished {}", "{} without flaw", "{} without defect", "{} without damage"}
	defectStates   = []string{"damaged {}", "broken {}", "{} with flaw", "{} with defect", "{} with damage"}
	templates      = []string{
		"a photo of a {}", "a cropped photo of a {}", "a close-up photo of a {}", "a bright photo of a {}", "a dark photo of a {}",
		"a blurry photo of a {}", "a photo of the {} for visual inspection", "a photo of the {} for anomaly detection",
	}
)

// defaultTextWeight lets text and references speak alike. Its
// neighbours 0.5 and 2 are measured in models/pocket/README.md.
const defaultTextWeight = 1

func defaults() Set {
	return Set{
		Object: "part", Pristine: append([]string(nil), pristineStates...), Templates: append([]string(nil), templates...),
		Thresholds: Thresholds{Review: 0.4, Fail: 0.6},
		TextWeight: defaultTextWeight,
	}
}

// Load reads a prompt set.
func Load(file string) (*Set, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read prompt set: %w", err)
	}
	return Parse(file, data)
}

// Parse reads a prompt set; file is its name in errors. All mistakes come at
// once, each with its line.
func Parse(file string, data []byte) (*Set, error) {
	s := defaults()
	d := strictyaml.Decode(file, data, &s)
	if s.Name == "" {
		d.Addf("name", "must name the set")
	}
	if strings.TrimSpace(s.Object) == "" {
		d.Addf("object", "must say what the part is called, such as \"phone screen\"")
	}
	if len(s.Defects) == 0 {
		if d.Has("defects") {
			d.Addf("defects", "must name at least one defect")
		}
		s.Defects = map[string]State{"defect": {Prompts: append([]string(nil), defectStates...), Severity: "major"}}
	}
	checkPrompts(d, "pristine", s.Pristine)
	checkTemplates(d, s.Templates)
	for kind, classes := range map[string]map[string]State{"defects": s.Defects, "lookalikes": s.Lookalikes} {
		for name, state := range classes {
			checkPrompts(d, kind+"."+name+".prompts", state.Prompts)
			if state.Severity != "minor" && state.Severity != "major" && state.Severity != "critical" {
				d.Addf(kind+"."+name+".severity", "must be minor, major or critical (got %q)", state.Severity)
			}
			if _, twice := s.Defects[name]; twice && kind == "lookalikes" {
				d.Addf("lookalikes."+name, "is the name of a defect too")
			}
		}
	}
	if t := s.Thresholds; t.Review <= 0 || t.Fail > 1 || t.Review > t.Fail {
		d.Addf("thresholds", "must be 0 < review ≤ fail ≤ 1 (got review %v, fail %v)", t.Review, t.Fail)
	}
	if s.TextWeight < 0 || s.TextWeight > 10 {
		d.Addf("text_weight", "must be between 0 and 10 (got %v)", s.TextWeight)
	}
	if err := d.Err(); err != nil {
		return nil, err
	}
	return &s, nil
}

func checkPrompts(d *strictyaml.Document, path string, prompts []string) {
	if len(prompts) == 0 {
		d.Addf(path, "must list at least one prompt")
	}
	seen := map[string]bool{}
	for i, p := range prompts {
		at := fmt.Sprintf("%s[%d]", path, i)
		switch {
		case strings.TrimSpace(p) == "":
			d.Addf(at, "is empty")
		case seen[p]:
			d.Addf(at, "%q stands in the list twice", p)
		}
		seen[p] = true
	}
}

func checkTemplates(d *strictyaml.Document, templates []string) {
	for i, t := range templates {
		if strings.Count(t, "{}") != 1 {
			d.Addf(fmt.Sprintf("templates[%d]", i), "must hold {} once, in the place of the state (got %q)", t)
		}
	}
}

// sentences are the texts of a class: each state in each template.
func (s *Set) sentences(states []string) []string {
	around := s.Templates
	if len(around) == 0 {
		around = []string{"{}"}
	}
	var all []string
	for _, state := range states {
		phrase := strings.TrimSpace(strings.ReplaceAll(state, "{}", s.Object))
		for _, t := range around {
			all = append(all, article(strings.ReplaceAll(t, "{}", phrase)))
		}
	}
	return all
}

// article corrects "a" before a vowel, and drops one that a state brings twice.
func article(sentence string) string {
	words := strings.Fields(sentence)
	out := words[:0]
	for i, w := range words {
		next := ""
		if i+1 < len(words) {
			next = words[i+1]
		}
		if (w == "a" || w == "the") && (next == "a" || next == "an" || next == "the") {
			continue
		}
		if w == "a" && next != "" && strings.ContainsRune("aeiouAEIOU", rune(next[0])) {
			w = "an"
		}
		out = append(out, w)
	}
	return strings.Join(out, " ")
}

func sortedNames(classes map[string]State) []string {
	names := make([]string, 0, len(classes))
	for name := range classes {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}
