package doctor

import (
	"fmt"
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"

	"pristine/internal/printing"
)

// width is that of a report, in columns.
const width = 80

// WriteText writes the report for people, 80 columns wide: by group, each finding
// with its severity, its code below, and what to do.
func (r *Report) WriteText(w io.Writer) {
	station := r.Station
	if station == "" {
		station = "unknown"
	}
	fmt.Fprintf(w, "station %s, edge %s\n", station, r.Version)
	group := ""
	counts := map[Severity]int{}
	for _, f := range r.Findings {
		if f.Group != group {
			group = f.Group
			fmt.Fprintf(w, "\n%s\n", strings.ToUpper(group))
		}
		counts[f.Severity]++
		line := printing.Printable(f.Text)
		if f.Severity == Warning || f.Severity == Error {
			line += " [" + string(f.Code) + "]"
		}
		write(w, fmt.Sprintf("  %-8s ", f.Severity), line)
		if f.Remedy != "" {
			write(w, strings.Repeat(" ", 11), "Try: "+printing.Printable(f.Remedy))
		}
	}
	fmt.Fprintf(w, "\n%s, %s\n", plural(counts[Error], "error"), plural(counts[Warning], "warning"))
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// write writes a text beside its mark, in lines that fit.
func write(w io.Writer, mark, line string) {
	for part := range strings.Lines(text.WrapText(text.WrapSoft(line, width-len(mark)), width-len(mark))) {
		fmt.Fprintf(w, "%s%s\n", mark, strings.TrimRight(part, " \n"))
		mark = strings.Repeat(" ", len(mark))
	}
}
