package prompts

import (
	"pristine/verdict"
)

// ClassScore is a class's share of the softmax.
type ClassScore struct {
	Name        string
	Kind        Kind
	Probability float64
}

// Scores is a bank's result for an observation. Reuse one to save allocations.
type Scores struct {
	Defect    float64      // P(defect) in [0, 1], which is compared with the thresholds
	Raw       float64      // ranks pictures of one bank; higher is worse; no fixed range
	Classes   []ClassScore // pristine first
	Text      float64      // text score: cosine difference, defects − pristine
	Reference float64      // reference score, in standard deviations of good pictures; 0 without references
	Margin    float64      // |P(defect) − fail threshold|
	Unknown   bool         // out of domain
	// Insensitive is that of the bank: a low score is no evidence that a part is good
	// (Bank.WithSensitivity).
	Insensitive bool
	Top         string           // the likeliest defect by text, whatever the verdict
	Severity    verdict.Severity // of Top; Set.Verdicts use it
	// ReviewShare is the share of Defect, in [0, 1], that belongs to defects which
	// are for review only (Set.Verdicts), at the place where Top was found.
	ReviewShare float64
	topShare    float64      // of Top in the softmax over the defects
	Name        verdict.Name // of the defect, for display; the zero Name if it is too uncertain
	Map         []float32    // [rows·columns]: the anomaly map, in the units of Raw
	MapGrid     [2]int
	// Places are the areas where a picture that does not pass differs from good
	// ones, the worst first. MorePlaces reports that there are more than MaxPlaces.
	Places     []Place
	MorePlaces bool
	Accepted   bool // every place is within the set's limits (Set.Accept)

	scratch
}

// scratch is memory that Score reuses.
type scratch struct {
	text         []float32 // text map
	textGrid     [2]int
	tiles, cells []float32
	sorted       []float32    // for top
	queries      []float32    // features as query rows
	offsets      [2][]float32 // to the level of the good references, by scale
	distances    [2][]float32 // to the nearest good patch, by scale
	nearest      []float32    // cosines
	backdrop     []float32    // subtracted from the map, by patch of the whole picture
	placed       placed
	named        named
}

// CopyTo copies scores and reuses the memory of the target. It does not copy scratch
// memory.
func (s *Scores) CopyTo(to *Scores) {
	classes, m, places := append(to.Classes[:0], s.Classes...), append(to.Map[:0], s.Map...), append(to.Places[:0], s.Places...)
	own := to.scratch
	*to = *s
	to.Classes, to.Map, to.Places, to.scratch = classes, m, places, own
}
