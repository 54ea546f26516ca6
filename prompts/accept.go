package prompts

import (
	"fmt"

	"pristine/internal/strictyaml"
)

// Accept says how large a defect of one class may be in a good part. A limit of 0 is no
// limit. All others apply.
type Accept struct {
	MaxLengthPX float64 `yaml:"max_length_px" json:",omitempty"`
	MaxLengthMM float64 `yaml:"max_length_mm" json:",omitempty"`
	MaxAreaPX   float64 `yaml:"max_area_px" json:",omitempty"`
	MaxAreaMM2  float64 `yaml:"max_area_mm2" json:",omitempty"`
}

// accepts reports whether a place is within all limits, of which there must be at least
// one. A limit in millimetres excludes places whose size in millimetres is unknown.
func (a Accept) accepts(p *Place) bool {
	within := func(v, limit float64) bool { return limit == 0 || v > 0 && v <= limit }
	return a != Accept{} && within(p.LengthPX, a.MaxLengthPX) && within(p.LengthMM, a.MaxLengthMM) && within(p.AreaPX, a.MaxAreaPX) && within(p.AreaMM2, a.MaxAreaMM2)
}

// Millimetres reports whether any limit is in millimetres. Such a set needs a camera
// with a known scale.
func (s *Set) Millimetres() bool {
	for _, a := range s.Accept {
		if a.MaxLengthMM > 0 || a.MaxAreaMM2 > 0 {
			return true
		}
	}
	return false
}

func (s *Set) checkAccept(d *strictyaml.Document) {
	for name, a := range s.Accept {
		path := "accept." + name
		if _, known := s.Defects[name]; !known {
			d.Addf(path, "is not the name of a defect: the set has %v", sortedNames(s.Defects))
		}
		for key, v := range map[string]float64{"max_length_px": a.MaxLengthPX, "max_length_mm": a.MaxLengthMM, "max_area_px": a.MaxAreaPX, "max_area_mm2": a.MaxAreaMM2} {
			if !(v >= 0 && v <= 1e9) {
				d.Addf(fmt.Sprintf("%s.%s", path, key), "must be between 0 and 1e9; 0 is no limit (got %v)", v)
			}
		}
		if (a == Accept{}) {
			d.Addf(path, "must have a limit: max_length_px, max_length_mm, max_area_px or max_area_mm2")
		}
	}
}
