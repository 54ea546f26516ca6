package challenge

import (
	"fmt"
	"io"
	"math"

	"github.com/jedib0t/go-pretty/v6/table"

	"pristine/internal/printing"
)

// WriteTable writes the report as a table, 80 columns wide.
func (r *Report) WriteTable(w io.Writer) {
	t := printing.Table(w, r.header()...)
	for _, k := range r.Kinds {
		row := table.Row{string(k.Kind), r.smallestText(&k)}
		for _, pixels := range r.sizes() {
			row = append(row, k.foundText(pixels))
		}
		t.AppendRow(append(row, fmt.Sprintf("%.3f", k.AUROC)))
	}
	t.Render()
	for _, line := range r.Notes() {
		fmt.Fprintln(w, line)
	}
}

func (r *Report) header() table.Row {
	row := table.Row{"Synthetic", "Smallest (95 %)"}
	for _, pixels := range r.sizes() {
		row = append(row, sizeText(pixels, r.MMPerPixel))
	}
	return append(row, "AUROC")
}

// sizes returns the planted sizes of all kinds, in pixels.
func (r *Report) sizes() []int {
	var longest []Size
	for _, k := range r.Kinds {
		if len(k.Sizes) > len(longest) {
			longest = k.Sizes
		}
	}
	all := make([]int, len(longest))
	for i, s := range longest {
		all[i] = s.Pixels
	}
	return all
}

// foundText formats the share of a size that was found.
func (k *KindFigures) foundText(pixels int) string {
	for _, s := range k.Sizes {
		if s.Pixels == pixels && s.Found.N > 0 {
			return fmt.Sprintf("%.0f %%", 100*s.Found.Rate)
		}
	}
	return "–"
}

// smallestText formats the smallest size that is found, and its interval.
func (r *Report) smallestText(k *KindFigures) string {
	if k.Smallest == nil {
		return "none"
	}
	high := "more"
	if k.Smallest.Interval[1] > 0 {
		high = sizeText(k.Smallest.Interval[1], r.MMPerPixel)
	}
	return fmt.Sprintf("%s (%s–%s)", sizeText(k.Smallest.Pixels, r.MMPerPixel), bare(k.Smallest.Interval[0], r.MMPerPixel), high)
}

// bare is sizeText without the unit.
func bare(pixels int, mmPerPixel float64) string {
	if pixels == 0 {
		return "more"
	}
	if mmPerPixel > 0 {
		return fmt.Sprintf("%.3g", float64(pixels)*mmPerPixel)
	}
	return fmt.Sprint(pixels)
}

// Notes returns the caveats that a reader should know, in lines of at most 80 columns.
func (r *Report) Notes() []string {
	notes := []string{
		fmt.Sprintf("Synthetic: planted into %d good pictures, of which %d PASS, %d REVIEW, %d FAIL", r.Good.Total(), r.Good.Pass, r.Good.Review, r.Good.Fail),
		"as they are; shares are of the pictures that PASS. Smallest: from there on 95 %",
		"or more are found. Sizes are lengths of scratches and cracks, else diameters.",
	}
	if r.Good.Pass == 0 {
		notes = append(notes, "No good picture passes, so nothing is said about what is found.")
	} else {
		notes = append(notes, fmt.Sprintf("Synthetic escape: %s PASS (95 %% interval %.1f to %.1f %%).", percent(r.Escape.Rate), 100*r.Escape.Interval[0], 100*r.Escape.Interval[1]))
	}
	if r.PartShare > 0.99 {
		notes = append(notes, "The part was not told from the background: defects lie anywhere in the view.")
	} else {
		notes = append(notes, fmt.Sprintf("The part is about %s long and covers %s of the view.", sizeText(r.PartPixels, r.MMPerPixel), percent(r.PartShare)))
	}
	if name, a := r.bestCue(); a > giveaway {
		notes = append(notes, fmt.Sprintf("The %s alone ranks the planted pictures with an AUROC of %.2f.", name, a))
	}
	if r.notPlanted > 0 {
		notes = append(notes, fmt.Sprintf("%d defects could not be planted visibly and are in no figure.", r.notPlanted))
	}
	if c := r.Choice; c != nil {
		notes = append(notes, "By planted defects (synthetic) this part is best inspected with:", "  "+c.Chosen)
		if c.Real != nil {
			notes = append(notes, fmt.Sprintf("Real defects (%d) choose %s: regret %.1f points of AUROC.", c.Real.Bad, c.Real.Chosen, 100*c.Real.Regret))
		}
	}
	return notes
}

// giveaway is the AUROC of a trivial cue above which the cue reveals planted defects.
const giveaway = 0.6

func (r *Report) bestCue() (name string, auroc float64) {
	for n, a := range r.Cues {
		if a > auroc || a == auroc && n < name {
			name, auroc = n, a
		}
	}
	return name, auroc
}

func percent(v float64) string { return fmt.Sprintf("%.1f %%", math.Round(v*1000)/10) }
