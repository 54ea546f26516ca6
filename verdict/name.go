package verdict

import "fmt"

// By is the source of a defect's name.
type By string

// The sources of names.
const (
	ByLabels By = "labels" // learned from labelled pictures of bad parts
	ByText   By = "text"   // the nearest prompts
)

// Name is the name of a defect. The zero Name is a defect without a name.
type Name struct {
	Defect   string
	Severity Severity // from the prompt set; "" if it has no such defect
	By       By       // "" in events of older versions
	Share    float64  // probability that the name is right, in [0, 1]; 0 if unknown
}

// Text returns the name for display: "scratch, major (91 %)" from labels, "likely
// scratch, major (62 %)" from text, and "defect" without a name.
func (n Name) Text() string {
	if n.Defect == "" {
		return "defect"
	}
	text := n.Defect
	if n.Severity != "" {
		text += ", " + string(n.Severity)
	}
	if n.Share > 0 {
		text += fmt.Sprintf(" (%.0f %%)", 100*n.Share)
	}
	if n.By != ByLabels {
		text = "likely " + text
	}
	return text
}
