package report

import (
	"fmt"
	"math"

	"pristine/evaluate"
)

// Draw is one measurement of all pictures except its references.
type Draw struct {
	Seed     uint64
	Detail   int  // of the comparison
	Turned   bool // references were also matched rotated
	Angles   int  // number of orientations
	Outcomes []evaluate.Outcome
}

// Report is the JSON of a measurement. Rates are in [0, 1]. Figures without data are
// absent.
type Report struct {
	AUROC            float64    `json:"auroc"`
	AUROCDeviation   float64    `json:"auroc_deviation"` // of the draws; 0 for one
	AveragePrecision float64    `json:"average_precision"`
	F1Max            float64    `json:"f1_max"`
	F1Threshold      float64    `json:"f1_threshold"`
	Good             int        `json:"good"` // pictures of a draw
	Bad              int        `json:"bad"`
	Overkill         float64    `json:"overkill"` // good parts at or above the fail threshold
	OverkillInterval [2]float64 `json:"overkill_interval_95"`
	GoodReview       float64    `json:"good_review"` // good parts that somebody must look at
	Escape           float64    `json:"escape"`      // bad parts below the review threshold
	EscapeInterval   [2]float64 `json:"escape_interval_95"`
	Unknown          int        `json:"unknown"`
	CalibrationError float64    `json:"calibration_error"`
	MoreGood         int        `json:"good_parts_missing_to_claim_1_percent"`

	Bundle     string              `json:"bundle"`
	BundleHash string              `json:"bundle_hash"`
	PromptSet  string              `json:"prompt_set"`
	References string              `json:"references,omitempty"` // the folder, or "K drawn"
	Thresholds evaluate.Thresholds `json:"thresholds"`

	GoodVerdicts evaluate.Counts          `json:"good_verdicts"` // of the first draw, as what follows
	BadVerdicts  evaluate.Counts          `json:"bad_verdicts"`
	Defects      []evaluate.DefectFigures `json:"defects,omitempty"`
	Names        *Names                   `json:"names,omitempty"` // of pictures whose kind of defect is known
	Cues         map[string]float64       `json:"trivial_cues_auroc"`
	Pixels       *Pixels                  `json:"pixels,omitempty"`
	Draws        []DrawFigures            `json:"draws"`
	Worst        []Picture                `json:"worst"`
	Data         *Data                    `json:"data,omitempty"`
	LeftOut      []string                 `json:"left_out,omitempty"` // files that cannot be read

	outcomes []evaluate.Outcome
	thumbs   []Thumb
}

// Data says where the pictures come from.
type Data struct {
	Layout  string   `json:"layout"`            // such as "MVTec AD"
	Missing []string `json:"missing,omitempty"` // sentences about missing or unused files
	Skipped []string `json:"skipped,omitempty"` // sentences about files that were skipped as intended
}

// Pixels are the pixel-wise figures of maps and masks.
type Pixels struct {
	AUROC   float64 `json:"auroc"`
	PRO     float64 `json:"pro"`
	Masks   int     `json:"masks"`
	Regions int     `json:"regions"`
	NoMask  int     `json:"bad_pictures_without_mask"` // left out of both
}

// DrawFigures are the figures of one draw.
type DrawFigures struct {
	Seed     uint64  `json:"seed"`
	AUROC    float64 `json:"auroc"`
	Overkill float64 `json:"overkill"`
	Escape   float64 `json:"escape"`
	Detail   int     `json:"detail"` // n: patches of n×n tiles are also compared
	Turned   bool    `json:"turned"` // references were also matched rotated
	Angles   int     `json:"angles"` // number of orientations: 1, 4 for quarter turns, 24 for all angles
}

// Picture is one picture's outcome.
type Picture struct {
	File    string  `json:"file"`
	Bad     bool    `json:"bad"`
	Defect  string  `json:"defect,omitempty"`
	Verdict string  `json:"verdict"`
	P       float64 `json:"p_defect"`
	Raw     float64 `json:"raw"`
	Top     string  `json:"top,omitempty"`
}

// worstShown is the number of the most wrong pictures that are listed.
const worstShown = 8

// claim is the rate for which the report lists the number of parts that a claim needs.
const claim = 0.01

// New returns the report of one or more draws. Each must have good and bad outcomes.
func New(draws []Draw, t evaluate.Thresholds) *Report {
	r := &Report{Thresholds: t, outcomes: draws[0].Outcomes}
	var auroc, precision, f1, overkill, review, escape, calibration []float64
	for i, d := range draws {
		f := evaluate.Measure(d.Outcomes, t)
		auroc, precision, f1 = append(auroc, f.AUROC), append(precision, f.AveragePrecision), append(f1, f.F1Max)
		overkill, escape = append(overkill, f.Overkill.Rate), append(escape, f.Escape.Rate)
		review = append(review, float64(f.Good.Review)/float64(max(f.Overkill.N, 1)))
		calibration = append(calibration, f.Calibration)
		r.Draws = append(r.Draws, DrawFigures{d.Seed, f.AUROC, f.Overkill.Rate, f.Escape.Rate, max(d.Detail, 1), d.Turned, max(d.Angles, 1)})
		if i == 0 {
			r.first(&f)
			continue
		}
		widen(&r.OverkillInterval, f.Overkill.Interval)
		widen(&r.EscapeInterval, f.Escape.Interval)
	}
	r.AUROC, r.AUROCDeviation = evaluate.MeanDeviation(auroc)
	r.AveragePrecision, _ = evaluate.MeanDeviation(precision)
	r.F1Max, _ = evaluate.MeanDeviation(f1)
	r.Overkill, _ = evaluate.MeanDeviation(overkill)
	r.GoodReview, _ = evaluate.MeanDeviation(review)
	r.Escape, _ = evaluate.MeanDeviation(escape)
	r.CalibrationError, _ = evaluate.MeanDeviation(calibration)
	for _, o := range evaluate.Worst(r.outcomes, worstShown) {
		v, _ := o.Verdict(t)
		r.Worst = append(r.Worst, Picture{o.File, o.Bad, o.Defect, string(v), o.P, o.Raw, o.Top})
	}
	return r
}

func (r *Report) first(f *evaluate.Figures) {
	r.Good, r.Bad = f.Overkill.N, f.Escape.N
	r.OverkillInterval, r.EscapeInterval = f.Overkill.Interval, f.Escape.Interval
	r.GoodVerdicts, r.BadVerdicts, r.Unknown = f.Good, f.Bad, f.Good.Unknown+f.Bad.Unknown
	r.Defects, r.Cues, r.F1Threshold = f.Defects, f.Cues, f.F1Threshold
	r.MoreGood = max(evaluate.PartsToClaim(claim)-r.Good, 0)
}

func widen(interval *[2]float64, by [2]float64) {
	interval[0], interval[1] = min(interval[0], by[0]), max(interval[1], by[1])
}

// quarters is Draw.Angles if references are matched in quarter turns only.
const quarters = 4

// ReferencesText describes the references for display.
func (r *Report) ReferencesText() string {
	turned, most := 0, 1
	for _, d := range r.Draws {
		if d.Turned {
			turned, most = turned+1, max(most, d.Angles)
		}
	}
	how := "turned"
	if most > quarters {
		how = fmt.Sprintf("at %d angles", most)
	}
	switch {
	case turned == 0:
		return r.References
	case len(r.Draws) == 1:
		return r.References + ", and " + how
	default:
		return fmt.Sprintf("%s, and %s in %d of %d draws", r.References, how, turned, len(r.Draws))
	}
}

// SetPixels adds the figures of maps and masks. Without any mask there are none.
func (r *Report) SetPixels(p *evaluate.Pixels, masks, noMask int) {
	if masks == 0 {
		return
	}
	auroc, pro := p.Figures()
	if math.IsNaN(auroc) {
		return
	}
	r.Pixels = &Pixels{AUROC: auroc, PRO: pro, Masks: masks, Regions: p.Regions(), NoMask: noMask}
}

// SetData adds the source of the pictures.
func (r *Report) SetData(layout string, missing, skipped []string) {
	r.Data = &Data{Layout: layout, Missing: missing, Skipped: skipped}
}

// bestCue returns the trivial cue that ranks best.
func (r *Report) bestCue() (name string, auroc float64) {
	for n, a := range r.Cues {
		if a > auroc || a == auroc && n < name {
			name, auroc = n, a
		}
	}
	return name, auroc
}
