package report

import (
	"fmt"
	"io"
	"slices"
	"sort"

	"pristine/internal/printing"

	"github.com/jedib0t/go-pretty/v6/table"
)

// Ranking is the JSON of the contribution of each prompt of a set.
type Ranking struct {
	PromptSet string   `json:"prompt_set"`
	AUROC     float64  `json:"auroc"`
	Good      int      `json:"good"`
	Bad       int      `json:"bad"`
	Prompts   []Effect `json:"prompts"`    // of the set, the most useful first
	Candidate []Effect `json:"candidates"` // not of the set, the most useful first
}

// Effect is the change of the AUROC by a prompt: the set with it minus the set without
// it, with a paired 95 % interval.
type Effect struct {
	Class    string     `json:"class"`
	Kind     string     `json:"kind"`
	Prompt   string     `json:"prompt"`
	AUROC    float64    `json:"auroc_contribution"`
	Interval [2]float64 `json:"interval_95"`
	Advice   string     `json:"advice"` // keep, drop, add, or "" where the pictures do not tell
}

// Sort orders the effects and sets the advice.
func (r *Ranking) Sort() {
	for i, list := range [][]Effect{r.Prompts, r.Candidate} {
		sort.SliceStable(list, func(a, b int) bool { return list[a].AUROC > list[b].AUROC })
		for k := range list {
			switch e := &list[k]; {
			case e.Interval[0] > 0 && i == 0:
				e.Advice = "keep"
			case e.Interval[0] > 0:
				e.Advice = "add"
			case e.Interval[1] < 0 && i == 0:
				e.Advice = "drop"
			}
		}
	}
}

// candidatesShown is the number of rows in the table. The JSON has all.
const candidatesShown = 5

// WriteTable writes the ranking as a table, 80 columns wide.
func (r *Ranking) WriteTable(w io.Writer) {
	fmt.Fprintf(w, "%s: AUROC %.4f on %d good and %d bad pictures\n", r.PromptSet, r.AUROC, r.Good, r.Bad)
	if !r.changes() {
		fmt.Fprintln(w, "There is nothing to rank: no prompt, of the set or beside it, changes that.")
		if r.AUROC == 1 {
			fmt.Fprintln(w, "Take pictures that are harder to tell: small defects, odd-looking good parts.")
		}
		return
	}
	r.writeEffects(w, "Prompt of the set", r.Prompts)
	if n := min(candidatesShown, len(r.Candidate)); n > 0 {
		r.writeEffects(w, "Not in the set", r.Candidate[:n])
	}
	fmt.Fprintf(w, "Of %d changes a few look good by chance: measure on other pictures before you\ntrust one.\n", len(r.Prompts)+len(r.Candidate))
}

// changes reports whether any prompt has an effect, however uncertain.
func (r *Ranking) changes() bool {
	return slices.ContainsFunc(slices.Concat(r.Prompts, r.Candidate), func(e Effect) bool {
		return e.AUROC != 0 || e.Interval != [2]float64{}
	})
}

func (r *Ranking) writeEffects(w io.Writer, title string, effects []Effect) {
	t := newTable(w)
	t.AppendHeader(table.Row{title, "Class", "AUROC", "95 % interval", ""})
	for _, e := range effects {
		t.AppendRow(table.Row{printing.KeepStart(e.Prompt, 26), printing.KeepStart(e.Class, 12), fmt.Sprintf("%+.4f", e.AUROC), fmt.Sprintf("%+.3f to %+.3f", e.Interval[0], e.Interval[1]), e.Advice})
	}
	t.Render()
}
