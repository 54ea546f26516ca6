package challenge

import (
	"math"
	"slices"

	"pristine/evaluate"
	"pristine/verdict"
)

// wanted is the share of defects that must be found for a size to count as found.
const wanted = 0.95

// Figures summarises the results of the live candidate.
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
	r.Escape, r.AUROC = evaluate.NewShare(escaped, n), rank/float64(max(len(r.Kinds), 1))
	return r
}

// kinds returns the kinds of which at least one defect was planted.
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
		s.Found = evaluate.NewShare(found, n)
		f.Sizes = append(f.Sizes, s)
	}
	f.Smallest = out.smallest(k, f.Sizes)
	return f
}

// counts reports whether a trial counts: its good picture passes without the defect.
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

// auroc returns the AUROC of a candidate's scores of planted pictures of a kind against
// the good ones. Size 0 means all sizes.
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
