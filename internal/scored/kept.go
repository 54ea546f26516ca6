package scored

import (
	"fmt"
	"io"

	"github.com/jedib0t/go-pretty/v6/table"

	"pristine/internal/printing"
	"pristine/prompts"
)

// KeptPicture is a reference of a set, as edge reference list has it in JSON.
type KeptPicture struct {
	Name   string `json:"name"`
	Bad    bool   `json:"bad"`
	Kind   string `json:"kind,omitempty"` // of its defect
	SHA    string `json:"sha256"`
	Turned bool   `json:"turned"` // pictures are compared with it turned, too
	Detail int    `json:"detail"` // pictures are compared with it at that detail
}

// Kept returns the references of a set.
func Kept(r *prompts.References, set *prompts.Set) []KeptPicture {
	turned, _ := Turned(r, set.Turned)
	detail, _ := Detail(r, set.Detail)
	all := make([]KeptPicture, 0, len(r.Pictures()))
	for _, p := range r.Pictures() {
		all = append(all, KeptPicture{p.Name, p.Bad, p.Kind, p.SHA, turned && !p.Bad, detail})
	}
	return all
}

// WriteKept writes references for people, 80 columns wide.
func WriteKept(w io.Writer, all []KeptPicture) {
	t := printing.Table(w, "Picture", "Kind", "SHA-256")
	for _, p := range all {
		kind := "good"
		if p.Bad {
			kind = "bad"
		}
		if p.Kind != "" {
			kind = "bad: " + p.Kind
		}
		t.AppendRow(table.Row{printing.KeepEnd(p.Name, 34), printing.KeepStart(kind, 20), fmt.Sprintf("%.12s", p.SHA)})
	}
	t.Render()
}
