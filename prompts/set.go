package prompts

import (
	"fmt"
	"os"
	"sort"

	"pristine/internal/strictyaml"
	"pristine/verdict"
)

// Set is one prompt set, a YAML file.
type Set struct {
	Name        string            `yaml:"name"`
	Object      string            `yaml:"object"`    // what the part is called, such as "phone screen"
	Templates   Templates         `yaml:"templates"` // sentences around a state
	Pristine    []Prompt          `yaml:"pristine"`  // states of a good part; {} stands for the object
	Defects     map[string]State  `yaml:"defects"`
	Lookalikes  map[string]State  `yaml:"lookalikes"`  // states that look like defects and count as good
	Temperature float64           `yaml:"temperature"` // of the softmax, (0, 1]; 0: the bundle's
	Tiles       int               `yaml:"tiles"`       // n: n×n half-overlapping tiles are also encoded; 0: none
	TextWeight  TextWeight        `yaml:"text_weight"` // of the text score if there are references: auto, or 0 to 10
	Turned      Turned            `yaml:"turned"`      // whether references are also matched rotated: auto, always or never
	Detail      Detail            `yaml:"detail"`      // how finely pictures are compared with references: auto, 1, 2 or 3
	Matching    Matching          `yaml:"matching"`    // how patches are compared with reference patches: auto or nearest
	References  string            `yaml:"references"`  // file of reference embeddings; "": the set's file name with .references
	Thresholds  Thresholds        `yaml:"thresholds"`
	Accept      map[string]Accept `yaml:"accept"`      // how large a defect of a class may be in a good part
	Verdicts    Verdicts          `yaml:"verdicts"`    // what a defect of each severity may lead to
	Calibration *Calibration      `yaml:"calibration"` // nil: not calibrated
	Validation  *Validation       `yaml:"validation"`  // nil: never validated
	Arm         *bool             `yaml:"arm"`         // overrides Validation: true arms, false shadows; nil: no override
}

// Prompt is one state of a part. In a file it is a text, or a mapping if it has a
// weight.
type Prompt struct {
	Text   string  `yaml:"text"`
	Weight float64 `yaml:"weight"` // of its embedding in the prototype of its class, above 0
}

// SetDefaults sets absent keys to their defaults.
func (p *Prompt) SetDefaults() { p.Weight = 1 }

// UnmarshalText reads the short form.
func (p *Prompt) UnmarshalText(text []byte) error {
	p.Text = string(text)
	return nil
}

// State is one class of a set.
type State struct {
	Prompts  []Prompt         `yaml:"prompts"`
	Severity verdict.Severity `yaml:"severity"` // see Set.Verdicts
	Weight   float64          `yaml:"weight"`   // prior odds of the class in the softmax, and its weight in the text score; above 0
}

// SetDefaults sets absent keys to their defaults.
func (s *State) SetDefaults() { s.Severity, s.Weight = verdict.Major, 1 }

// Thresholds are values of P(defect), in [0, 1].
type Thresholds = verdict.Thresholds

func defaults() Set {
	return Set{
		Object: "part", Pristine: plain(pristineStates), Templates: winclip(),
		Thresholds: Thresholds{Review: 0.4, Fail: 0.6}, Verdicts: allFail(),
		TextWeight: TextAuto, Turned: TurnedAuto, Matching: MatchingAuto,
	}
}

// plain returns prompts for these states, each with weight 1.
func plain(states []string) []Prompt {
	all := make([]Prompt, len(states))
	for i, s := range states {
		all[i] = Prompt{s, 1}
	}
	return all
}

// Load reads a prompt set.
func Load(file string) (*Set, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read prompt set: %w", err)
	}
	return Parse(file, data)
}

// Parse reads a prompt set. file is its name in errors. It returns all mistakes at once,
// each with its line.
func Parse(file string, data []byte) (*Set, error) {
	s, d := decode(file, data)
	if err := d.Err(); err != nil {
		return nil, err
	}
	return s, nil
}

// decode reads a set and the position of each of its keys.
func decode(file string, data []byte) (*Set, *strictyaml.Document) {
	s := defaults()
	d := strictyaml.Decode(file, data, &s)
	if len(s.Defects) == 0 {
		if d.Has("defects") {
			d.Addf("defects", "must name at least one defect")
		}
		s.Defects = map[string]State{"defect": {Prompts: plain(defectStates), Severity: verdict.Major, Weight: 1}}
	}
	if len(s.Templates) == 0 {
		s.Templates = Templates{"{}"} // as none
	}
	s.check(d)
	return &s, d
}

func sortedNames(classes map[string]State) []string {
	names := make([]string, 0, len(classes))
	for name := range classes {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}
