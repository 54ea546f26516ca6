package challenge

import (
	"strconv"

	"pristine/evaluate"
	"pristine/verdict"
)

// Report is the JSON of a challenge. All figures are for planted defects; real ones may
// be harder to find. Shares are in [0, 1].
type Report struct {
	Synthetic  bool               `json:"synthetic"` // always true
	PromptSet  string             `json:"prompt_set"`
	Bundle     string             `json:"bundle"`
	BundleHash string             `json:"bundle_hash"`
	References int                `json:"references"`
	Thresholds verdict.Thresholds `json:"thresholds"`
	Seed       uint64             `json:"seed"`

	Good         Verdicts           `json:"good"`       // verdicts of the good pictures without defects
	PartPixels   int                `json:"part_px"`    // longer side of the part
	PartShare    float64            `json:"part_share"` // of the view; 1 if the part could not be separated from the background
	MMPerPixel   float64            `json:"mm_per_pixel,omitempty"`
	Kinds        []KindFigures      `json:"kinds"`
	Escape       Share              `json:"escape"` // of planted defects of all kinds and sizes, those that PASS
	AUROC        float64            `json:"auroc"`  // mean over the kinds
	Cues         map[string]float64 `json:"trivial_cues_auroc"`
	Choice       *Choice            `json:"choice,omitempty"`
	notPlanted   int
	examples     []example
	measuredWith int // pictures that PASS without a defect
}

// Verdicts counts verdicts.
type Verdicts struct {
	Pass   int `json:"pass"`
	Review int `json:"review"`
	Fail   int `json:"fail"`
}

// Total returns the number of verdicts.
func (v Verdicts) Total() int { return v.Pass + v.Review + v.Fail }

func (v *Verdicts) add(of verdict.Verdict) {
	switch of {
	case verdict.Pass:
		v.Pass++
	case verdict.Fail:
		v.Fail++
	default:
		v.Review++
	}
}

// Share is k of n with its exact 95 % interval.
type Share = evaluate.Share

// KindFigures are the figures of one kind.
type KindFigures struct {
	Kind     Kind      `json:"kind"`
	Measure  string    `json:"measure"` // how its size is measured: length or diameter
	AUROC    float64   `json:"auroc"`   // of all sizes against the good pictures
	Sizes    []Size    `json:"sizes"`
	Smallest *Smallest `json:"smallest,omitempty"` // absent if no size is found
}

// Size is one size of the ladder.
type Size struct {
	Pixels int     `json:"px"`
	MM     float64 `json:"mm,omitempty"`
	Found  Share   `json:"found"`  // REVIEW or FAIL
	Failed int     `json:"failed"` // of these FAIL
	AUROC  float64 `json:"auroc"`
}

// Smallest is the smallest size from which 95 % or more are found.
type Smallest struct {
	Pixels   int     `json:"px"`
	MM       float64 `json:"mm,omitempty"`
	Found    Share   `json:"found"`          // at that size
	Interval [2]int  `json:"interval_95_px"` // bootstrap over the pictures; an upper end of 0: beyond the largest size
}

// sizeText formats a size for display.
func sizeText(pixels int, mmPerPixel float64) string {
	if mmPerPixel > 0 {
		return strconv.FormatFloat(float64(pixels)*mmPerPixel, 'g', 3, 64) + " mm"
	}
	return strconv.Itoa(pixels) + " px"
}
