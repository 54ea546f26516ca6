package prompts

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Calibration converts a raw score to P(defect): 1/(1+exp(−(slope·raw+offset))), Platt's
// sigmoid. It is valid for the set, bundle and references of the Validation beside it,
// and is not used with any others.
type Calibration struct {
	Slope  float64 `yaml:"slope" json:"slope"`
	Offset float64 `yaml:"offset" json:"offset"`
}

// Probability returns P(defect) for a raw score.
func (c *Calibration) Probability(raw float64) float64 { return logistic(c.Slope*raw + c.Offset) }

// Validation is the record of a measurement: settings, pictures and results.
type Validation struct {
	Date       string     `yaml:"date"`       // 2026-11-24
	Passed     bool       `yaml:"passed"`     // the targets were met
	Targets    []string   `yaml:"targets"`    // such as overkill<=1%
	Bundle     string     `yaml:"bundle"`     // hash
	Set        string     `yaml:"set"`        // Set.Hash
	References string     `yaml:"references"` // Bank.ReferencesHash; "" without any
	Pictures   Pictures   `yaml:"pictures"`
	Overkill   Rate       `yaml:"overkill"` // share of good parts that FAIL
	Escape     Rate       `yaml:"escape"`   // share of bad parts that PASS
	Thresholds Thresholds `yaml:"thresholds"`
}

// Pictures describes the pictures of a measurement.
type Pictures struct {
	Good   int    `yaml:"good"`
	Bad    int    `yaml:"bad"`
	SHA256 string `yaml:"sha256"` // HashPictures
}

// Rate is a measured share with its 95 % interval, all in [0, 1].
type Rate struct {
	Rate float64 `yaml:"rate"`
	Low  float64 `yaml:"low"`
	High float64 `yaml:"high"`
}

// HashPictures returns the SHA-256, in hex, over the sorted SHA-256s (in hex) of picture
// files, one per line. It does not depend on the order or the names of the pictures.
func HashPictures(sums []string) string {
	sorted := slices.Sorted(slices.Values(sums))
	sum := sha256.Sum256([]byte(strings.Join(sorted, "\n") + "\n"))
	return hex.EncodeToString(sum[:])
}

// Hash returns the SHA-256, in hex, over everything in the set that scores depend on:
// object, templates, prompts, weights, temperature, tiles, text weight, calibration,
// which defects are for review only, and which are accepted in a good part. It ignores
// names, comments, thresholds, arming, and severities that change no verdict. It also
// ignores turned and detail, whose results are in the hash of the references.
func (s *Set) Hash() string {
	type state struct {
		Prompts []Prompt
		Weight  float64
	}
	states := func(classes map[string]State) map[string]state {
		all := map[string]state{}
		for name, c := range classes {
			all[name] = state{c.Prompts, c.Weight}
		}
		return all
	}
	weight := s.TextWeight
	if weight == TextAuto { // keeps the hash of older sets, which have 0.5; the hash of references differs
		weight = 0.5
	}
	// Maps are written with sorted keys, so equal sets give equal bytes.
	data, err := json.Marshal(struct {
		Object              string
		Templates           []string
		Pristine            []Prompt
		Defects, Lookalikes map[string]state
		Temperature         float64
		Tiles               int
		TextWeight          TextWeight
		Calibration         *Calibration
		Reviewed            []string          `json:",omitempty"` // omitted, so that older sets keep their hash
		Accept              map[string]Accept `json:",omitempty"` // as Reviewed
	}{s.Object, s.Templates, s.Pristine, states(s.Defects), states(s.Lookalikes), s.Temperature, s.Tiles, weight, s.Calibration, s.reviewed(), s.Accept})
	if err != nil {
		panic(fmt.Sprintf("a set holds a number that JSON has not: %v", err)) // Parse refuses those
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// Holds reports whether the record is valid for this set with this bundle and these
// references (hashes; "" without references). It returns "" if it is, and the reason if
// it is not.
func (v *Validation) Holds(s *Set, bundle, references string) string {
	switch {
	case v == nil:
		return "the set was never validated: run edge calibrate"
	case v.Bundle != bundle:
		return fmt.Sprintf("the set was validated with another bundle (%.12s, this is %.12s): run edge calibrate again", v.Bundle, bundle)
	case v.Set != s.Hash():
		return "the set was edited after it was validated: run edge calibrate again"
	case v.References != references:
		return "the set was validated with other references or other settings for them (turned, detail), or by an older release: run edge calibrate again"
	}
	return ""
}

// Armed reports whether FAIL may be published as real, and why. A set is armed by `arm:
// true`, or by a passing validation of this set, with these thresholds, this bundle and
// these references. `arm: false` keeps it in shadow.
func (b *Bank) Armed() (armed bool, reason string) { return b.armed, b.reason }

// setArmed sets calibrated, armed and reason from the validation record.
func (b *Bank) setArmed() {
	s := b.Set
	stale := s.Validation.Holds(s, b.bundle.Hash, b.ReferencesHash())
	b.calibrated = stale == "" && s.Calibration != nil
	switch {
	case stale != "":
	case !s.Validation.Passed:
		stale = "the set missed its targets when it was validated"
	case s.Validation.Thresholds != s.Thresholds:
		stale = "the thresholds were edited after the set was validated: run edge calibrate again"
	}
	switch {
	case s.Arm != nil && !*s.Arm:
		b.armed, b.reason = false, "the set says arm: false"
	case s.Arm != nil && stale != "":
		b.armed, b.reason = true, "armed by hand, though "+stale
	case stale != "":
		b.armed, b.reason = false, stale
	default:
		b.armed, b.reason = true, "validated on "+s.Validation.Date
	}
}
