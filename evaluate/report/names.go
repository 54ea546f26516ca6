package report

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"

	"pristine/internal/printing"
	"pristine/names"
)

// Names shows how bad pictures with a known kind were named.
type Names struct {
	By       string       `json:"by"`                         // source of the set's names: labels or text
	Set      *names.Table `json:"set"`                        // by the unchanged set
	Labelled *names.Table `json:"cross_validation,omitempty"` // by labelled pictures of the same data, those that were not learned from; absent with too few
}

// titled is a table with the source of its names.
type titled struct {
	Title string
	*names.Table
}

func (n *Names) tables() []titled {
	all := []titled{{"by the set's " + n.By, n.Set}}
	if n.Labelled != nil {
		all = append(all, titled{fmt.Sprintf("by %d labels a kind", n.Labelled.Labels), n.Labelled})
	}
	return all
}

// write writes the tables as text.
func (n *Names) write(w io.Writer) {
	if n == nil {
		return
	}
	for _, t := range n.tables() {
		writeNames(w, "Named "+t.Title, t.Table)
	}
	if n.Labelled != nil {
		fmt.Fprintf(w, "Labels: %d of each kind are learned, the others named; mean of %d draws.\n", n.Labelled.Labels, n.Labelled.Draws)
	}
}

func total(t *names.Table) int {
	n := 0
	for _, c := range t.Kinds {
		n += c.N
	}
	return n
}

func writeNames(w io.Writer, title string, t *names.Table) {
	out := newTable(w)
	out.AppendHeader(table.Row{title, "n", "Right", "Wrong", "Unnamed", "Mistaken for"})
	for i := range t.Kinds {
		c := &t.Kinds[i]
		out.AppendRow(table.Row{printing.KeepEnd(c.Kind, 18), c.N, whole(c.Right), whole(c.Wrong), whole(c.Unnamed), printing.KeepStart(mistaken(c), 14)})
	}
	out.AppendFooter(table.Row{"all", total(t), whole(t.Right), whole(t.Wrong), whole(t.Unnamed), ""})
	out.Render()
}

func whole(share float64) string { return fmt.Sprintf("%.0f %%", 100*share) }

// mistaken returns the wrong names of a kind, the most frequent first.
func mistaken(c *names.Called) string {
	wrong := slices.DeleteFunc(slices.Sorted(maps.Keys(c.As)), func(k string) bool { return k == "" || k == c.Kind })
	slices.SortStableFunc(wrong, func(a, b string) int { return c.As[b] - c.As[a] })
	return strings.Join(wrong, ", ")
}
