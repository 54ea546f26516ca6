package prompts

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"pristine/internal/strictyaml"
	"pristine/verdict"
)

// MaxTiles is the largest Set.Tiles. It encodes 36 tiles for each frame.
const MaxTiles = 6

// maxWeight is the largest weight: a prompt or class that outweighs a hundred others
// should be the only one.
const maxWeight = 100

// maxSentences bounds a set's prompts times its templates: an agent that gets a set
// encodes so many in half a minute to some minutes, beside its frames. Shipped sets
// have 20 to 30 prompts.
const maxSentences = 10000

func (s *Set) check(d *strictyaml.Document) {
	s.checkSentences(d)
	if strings.TrimSpace(s.Name) == "" {
		d.Addf("name", "must name the set")
	}
	if strings.TrimSpace(s.Object) == "" {
		d.Addf("object", "must say what the part is called, such as \"phone screen\"")
	}
	checkPrompts(d, "pristine", s.Pristine)
	checkTemplates(d, s.Templates)
	for _, name := range sortedNames(s.Defects) {
		checkState(d, "defects."+name, s.Defects[name])
		if name == string(Pristine) {
			d.Addf("defects."+name, "must not have the name of the good state: name the defect")
		}
	}
	for _, name := range sortedNames(s.Lookalikes) {
		checkState(d, "lookalikes."+name, s.Lookalikes[name])
		if name == string(Pristine) {
			d.Addf("lookalikes."+name, "must not have the name of the good state: list its prompts there")
		}
		if _, twice := s.Defects[name]; twice {
			d.Addf("lookalikes."+name, "is the name of a defect too")
		}
	}
	if s.Temperature < 0 || s.Temperature > 1 {
		d.Addf("temperature", "must be between 0 and 1; 0 takes the bundle's own (got %v)", s.Temperature)
	}
	if s.Tiles < 0 || s.Tiles > MaxTiles || s.Tiles == 1 {
		d.Addf("tiles", "must be 0 or between 2 and %d (got %d)", MaxTiles, s.Tiles)
	}
	if !slices.Contains([]Turned{TurnedAuto, TurnedAlways, TurnedNever}, s.Turned) {
		d.Addf("turned", "must be auto, always or never (got %q)", s.Turned)
	}
	if s.Matching != MatchingAuto && s.Matching != MatchingNearest {
		d.Addf("matching", "must be auto or nearest (got %q)", s.Matching)
	}
	checkThresholds(d, "thresholds", s.Thresholds)
	for _, v := range []struct {
		severity verdict.Severity
		most     Most
	}{{verdict.Minor, s.Verdicts.Minor}, {verdict.Major, s.Verdicts.Major}, {verdict.Critical, s.Verdicts.Critical}} {
		if v.most != MostFail && v.most != MostReview {
			d.Addf("verdicts."+string(v.severity), "must be fail or review (got %q)", v.most)
		}
	}
	s.checkAccept(d)
	if s.Calibration != nil {
		s.checkCalibration(d)
	}
	if s.Validation != nil {
		s.Validation.check(d)
	}
}

func (s *Set) checkSentences(d *strictyaml.Document) {
	n := 0
	for _, g := range s.groups() {
		n += len(g.prompts)
	}
	if t := len(s.Templates); n*t > maxSentences {
		d.Addf("defects", "there are %d prompts with %d templates each, which is %d sentences to encode: keep them to %d", n, t, n*t, maxSentences)
	}
}

func checkState(d *strictyaml.Document, path string, s State) {
	checkPrompts(d, path+".prompts", s.Prompts)
	if !slices.Contains(verdict.Severities(), s.Severity) {
		d.Addf(path+".severity", "must be minor, major or critical (got %q)", s.Severity)
	}
	checkWeight(d, path+".weight", s.Weight)
}

func checkWeight(d *strictyaml.Document, path string, w float64) {
	if w <= 0 || w > maxWeight {
		d.Addf(path, "must be above 0 and at most %d (got %v)", maxWeight, w)
	}
}

func checkPrompts(d *strictyaml.Document, path string, prompts []Prompt) {
	if len(prompts) == 0 {
		d.Addf(path, "must list at least one prompt")
	}
	seen := map[string]bool{}
	for i, p := range prompts {
		at := fmt.Sprintf("%s[%d]", path, i)
		switch {
		case strings.TrimSpace(p.Text) == "":
			d.Addf(at, "is empty")
		case strings.Count(p.Text, "{}") > 1:
			d.Addf(at, "must hold {} once: it stands for the object (got %q)", p.Text)
		case seen[p.Text]:
			d.Addf(at, "%q is listed twice", p.Text)
		}
		seen[p.Text] = true
		checkWeight(d, at+".weight", p.Weight)
	}
}

func checkTemplates(d *strictyaml.Document, templates []string) {
	for i, t := range templates {
		if strings.Count(t, "{}") != 1 {
			d.Addf(fmt.Sprintf("templates[%d]", i), "must hold {} once, in the place of the state (got %q)", t)
		}
	}
}

func checkThresholds(d *strictyaml.Document, path string, t Thresholds) {
	if t.Review <= 0 || t.Fail > 1 || t.Review > t.Fail {
		d.Addf(path, "must be 0 < review ≤ fail ≤ 1 (got review %v, fail %v)", t.Review, t.Fail)
	}
}

func (s *Set) checkCalibration(d *strictyaml.Document) {
	if s.Calibration.Slope <= 0 {
		d.Addf("calibration.slope", "must be above 0: a higher score is worse (got %v)", s.Calibration.Slope)
	}
	if s.Validation == nil {
		d.Addf("calibration", "must stand beside the validation that says what it holds for: both are written by edge calibrate; remove it, or calibrate again")
	}
}

func (v *Validation) check(d *strictyaml.Document) {
	if _, err := time.Parse(time.DateOnly, v.Date); err != nil {
		d.Addf("validation.date", "must be a date such as 2026-11-24 (got %q)", v.Date)
	}
	for _, h := range []struct {
		key, value string
		optional   bool
	}{{"bundle", v.Bundle, false}, {"set", v.Set, false}, {"references", v.References, true}, {"pictures.sha256", v.Pictures.SHA256, false}} {
		if b, err := hex.DecodeString(h.value); (err != nil || len(b) != 32) && (h.value != "" || !h.optional) {
			d.Addf("validation."+h.key, "must be a SHA-256 in hex, as edge calibrate writes it (got %q)", h.value)
		}
	}
	if v.Pictures.Good < 0 || v.Pictures.Bad < 0 {
		d.Addf("validation.pictures", "must be counts, 0 or more (got good %d, bad %d)", v.Pictures.Good, v.Pictures.Bad)
	}
	for key, r := range map[string]Rate{"overkill": v.Overkill, "escape": v.Escape} {
		if r.Low < 0 || r.High > 1 || r.Rate < r.Low || r.Rate > r.High {
			d.Addf("validation."+key, "must be 0 ≤ low ≤ rate ≤ high ≤ 1 (got low %v, rate %v, high %v)", r.Low, r.Rate, r.High)
		}
	}
	checkThresholds(d, "validation.thresholds", v.Thresholds)
}
