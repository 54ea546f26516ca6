package verdict

import "fmt"

// By says where the name of a defect comes from.
type By string

// The sources of names.
const (
	ByLabels By = "labels" // learned from labelled pictures of bad parts
	ByText   By = "text"   // the prompts' nearest
)

// Name is what a defect is called; the zero Name is a defect without a name.
type Name struct {
	Defect   string
	Severity Severity // as the prompt set says; "" where it has no such defect
	By       By       // "" from versions that did not say
	Share    float64  // how likely the name is right, in [0, 1]; 0 where it is not known
}

// Text returns the name in words: "scratch, major (91 %)" where labels gave it,
// "likely scratch, major (62 %)" where text did, and "defect" without a name.
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
