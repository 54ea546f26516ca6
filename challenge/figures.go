package challenge

import (
	"math"
	"math/rand/v2"
	"slices"
	"strconv"

	"pristine/evaluate"
	"pristine/verdict"
)

// wanted is the share of defects that are found where a size counts as found.
const wanted = 0.95

// Report is the JSON of a challenge. Every figure in it is of planted defects;
// real ones may be harder to find. Shares are in [0, 1].
type Report struct {
	Synthetic  bool               `json:"synthetic"` // always true
	PromptSet  string             `json:"prompt_set"`
	Bundle     string             `json:"bundle"`
	BundleHash string             `json:"bundle_hash"`
	References int                `json:"references"`
	Thresholds verdict.Thresholds `json:"thresholds"`
	Seed       uint64             `json:"seed"`

	Good         Verdicts           `json:"good"`       // verdicts of the good pictures as they are
	PartPixels   int                `json:"part_px"`    // longer side of the part
	PartShare    float64            `json:"part_share"` // of the view; 1 where the part was not told from the background
	MMPerPixel   float64            `json:"mm_per_pixel,omitempty"`
	Kinds        []KindFigures      `json:"kinds"`
	Escape       Share              `json:"escape"` // of planted defects of all kinds and sizes, those that PASS
	AUROC        float64            `json:"auroc"`  // mean over the kinds
	Cues         map[string]float64 `json:"trivial_cues_auroc"`
	Choice       *Choice            `json:"choice,omitempty"`
	notPlanted   int
	examples     []example
	measuredWith int // pictures that PASS as they are
}

// Verdicts counts verdicts.
type Verdicts struct {
	Pass   int `json:"pass"`
	Review int `json:"review"`
	Fail   int `json:"fail"`
}

// Total is the number of verdicts.
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
type Share struct {
	K        int        `json:"k"`
	N        int        `json:"n"`
	Rate     float64    `json:"rate"`
	Interval [2]float64 `json:"interval_95"`
}

func newShare(k, n int) Share {
	low, high := evaluate.ClopperPearson(k, n)
	return Share{k, n, float64(k) / float64(max(n, 1)), [2]float64{low, high}}
}

// KindFigures are those of one kind.
type KindFigures struct {
	Kind     Kind      `json:"kind"`
	Measure  string    `json:"measure"` // what its size is: length or diameter
	AUROC    float64   `json:"auroc"`   // of all sizes against the good pictures
	Sizes    []Size    `json:"sizes"`
	Smallest *Smallest `json:"smallest,omitempty"` // absent where no size is found
}

// Size is one rung of the ladder.
type Size struct {
	Pixels int     `json:"px"`
	MM     float64 `json:"mm,omitempty"`
	Found  Share   `json:"found"`  // REVIEW or FAIL
	Failed int     `json:"failed"` // of these FAIL
	AUROC  float64 `json:"auroc"`
}

// Smallest is the smallest size from which on at least 95 % are found.
type Smallest struct {
	Pixels   int     `json:"px"`
	MM       float64 `json:"mm,omitempty"`
	Found    Share   `json:"found"`          // at that size
	Interval [2]int  `json:"interval_95_px"` // bootstrap over the pictures; an upper end of 0: beyond the largest size
}

// Figures sums up what the live candidate found.
func (out *Outcome) Figures(mmPerPixel float64) *Report {
	r := &Report{Synthetic: true, Seed: out.Seed, PartPixels: Extent(out.Areas), MMPerPixel: mmPerPixel, Cues: out.cues()}
	var shares float64
	for i, p := range out.Plain {
		r.Good.add(p[0].Verdict)
		shares += out.Areas[i].Share() / float64(len(out.Plain))
	}
	r.PartShare, r.measuredWith = shares, r.Good.Pass
	escaped, n, rank := 0, 0, 0.0
	for _, k := range out.kinds() {
		f := out.kind(k, mmPerPixel)
		r.Kinds = append(r.Kinds, f)
		rank += f.AUROC
		for _, s := range f.Sizes {
			escaped, n = escaped+s.Found.N-s.Found.K, n+s.Found.N
		}
	}
	for _, t := range out.Trials {
		if t.Scores == nil {
			r.notPlanted++
		}
	}
	r.Escape, r.AUROC = newShare(escaped, n), rank/float64(max(len(r.Kinds), 1))
	return r
}

// kinds returns those of which a defect was planted.
func (out *Outcome) kinds() []Kind {
	return slices.DeleteFunc(Kinds(), func(k Kind) bool {
		return !slices.ContainsFunc(out.Trials, func(t Trial) bool { return t.Kind == k && t.Scores != nil })
	})
}

func (out *Outcome) kind(k Kind, mmPerPixel float64) KindFigures {
	f := KindFigures{Kind: k, Measure: sizeOf(k), AUROC: out.auroc(0, k, 0)}
	for _, size := range out.Sizes {
		s := Size{Pixels: size, MM: float64(size) * mmPerPixel, AUROC: out.auroc(0, k, size)}
		found, n := 0, 0
		for _, t := range out.Trials {
			if t.Kind == k && t.Size == size && out.counts(&t) {
				n++
				switch t.Scores[0].Verdict {
				case verdict.Pass:
				case verdict.Fail:
					s.Failed++
					found++
				default:
					found++
				}
			}
		}
		if math.IsNaN(s.AUROC) {
			continue // none was planted
		}
		s.Found = newShare(found, n)
		f.Sizes = append(f.Sizes, s)
	}
	f.Smallest = out.smallest(k, f.Sizes)
	return f
}

// counts reports whether a trial shows what a planted defect changes: its good
// picture passes by itself.
func (out *Outcome) counts(t *Trial) bool {
	return t.Scores != nil && out.Plain[t.Picture][0].Verdict == verdict.Pass
}

func (out *Outcome) smallest(k Kind, sizes []Size) *Smallest {
	at := len(sizes)
	for at > 0 && sizes[at-1].Found.N > 0 && sizes[at-1].Found.Rate >= wanted {
		at--
	}
	if at == len(sizes) {
		return nil
	}
	s := sizes[at]
	return &Smallest{s.Pixels, s.MM, s.Found, out.smallestInterval(k, sizes)}
}

// smallestInterval draws the pictures with replacement (percentile bootstrap,
// Efron, 1979).
func (out *Outcome) smallestInterval(k Kind, sizes []Size) [2]int {
	const draws = 1000
	index := map[int]int{}
	for i, s := range sizes {
		index[s.Pixels] = i
	}
	found, planted := make([][]bool, len(out.Pictures)), make([][]bool, len(out.Pictures))
	var passing []int
	for i := range out.Pictures {
		found[i], planted[i] = make([]bool, len(sizes)), make([]bool, len(sizes))
		if out.Plain[i][0].Verdict == verdict.Pass {
			passing = append(passing, i)
		}
	}
	for _, t := range out.Trials {
		if at, ok := index[t.Size]; ok && t.Kind == k && out.counts(&t) {
			planted[t.Picture][at], found[t.Picture][at] = true, t.Scores[0].Verdict != verdict.Pass
		}
	}
	r := rand.New(rand.NewPCG(out.Seed, 1))
	drawn := make([]int, draws) // index of the smallest size; len(sizes): none
	for d := range drawn {
		hits, n := make([]int, len(sizes)), make([]int, len(sizes))
		for range passing {
			i := passing[r.IntN(len(passing))]
			for s := range sizes {
				if planted[i][s] {
					n[s]++
					if found[i][s] {
						hits[s]++
					}
				}
			}
		}
		at := len(sizes)
		for at > 0 && n[at-1] > 0 && float64(hits[at-1]) >= wanted*float64(n[at-1]) {
			at--
		}
		drawn[d] = at
	}
	slices.Sort(drawn)
	pixels := func(at int) int {
		if at == len(sizes) {
			return 0
		}
		return sizes[at].Pixels
	}
	return [2]int{pixels(drawn[draws/40]), pixels(drawn[draws-1-draws/40])}
}

// auroc is that of a candidate's scores of planted pictures of a kind against the
// good ones; size 0 is all sizes.
func (out *Outcome) auroc(candidate int, k Kind, size int) float64 {
	var good, bad []float64
	for _, p := range out.Plain {
		good = append(good, p[candidate].Raw)
	}
	for _, t := range out.Trials {
		if t.Kind == k && (size == 0 || t.Size == size) && t.Scores != nil {
			bad = append(bad, t.Scores[candidate].Raw)
		}
	}
	return evaluate.AUROC(good, bad)
}

// cues are the AUROC of what a picture shows without any model, whichever way
// round it ranks better. One that is far from a half would give planted defects
// away.
func (out *Outcome) cues() map[string]float64 {
	figures := map[string]float64{}
	good, bad := map[string][]float64{}, map[string][]float64{}
	add := func(to map[string][]float64, p *Picture) {
		c := evaluate.NewCues(p.Pix, p.Width, p.Height)
		for name, v := range map[string]float64{"brightness": c.Brightness, "gradient": c.Gradient, "contrast": c.Contrast} {
			to[name] = append(to[name], v)
		}
	}
	for _, p := range out.Pictures {
		add(good, p)
	}
	for i := range out.Trials {
		if t := &out.Trials[i]; t.Scores != nil {
			if planted, ok := out.Plant(t); ok {
				add(bad, planted.Picture)
			}
		}
	}
	for name := range good {
		a := evaluate.AUROC(good[name], bad[name])
		figures[name] = max(a, 1-a)
	}
	return figures
}

// sizeText says a size for people.
func sizeText(pixels int, mmPerPixel float64) string {
	if mmPerPixel > 0 {
		return strconv.FormatFloat(float64(pixels)*mmPerPixel, 'g', 3, 64) + " mm"
	}
	return strconv.Itoa(pixels) + " px"
}
