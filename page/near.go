package page

import (
	"net/http"

	"pristine/history"
)

// nearView is what is beside a part: references and past parts that look like it.
type nearView struct {
	References []Reference
	Similar    []Found
	Why        string // nothing is compared
}

// Limits of what is beside a part.
const (
	nearReferences = 3
	nearParts      = 8
)

// near serves the section of a part's page that its script asks for later: a search may
// first have to bring its index up to date.
func (p *Page) near(w http.ResponseWriter, r *http.Request) {
	h, err := p.kept()
	var result *history.Result
	if err == nil {
		result, err = h.Part(r.Context(), r.PathValue("event"))
	}
	if err != nil {
		p.fail(w, r, err)
		return
	}
	v := new(nearView)
	if p.options.References != nil {
		all, err := p.options.References.Near(r.Context(), result)
		if err != nil {
			v.Why = err.Error()
		}
		for _, reference := range all {
			if reference.Cosine == 0 || reference.Event == result.Event || len(v.References) == nearReferences {
				continue
			}
			known(r.Context(), h, &reference)
			v.References = append(v.References, reference)
		}
	}
	if p.options.Search != nil {
		all, err := p.options.Search(r.Context(), Query{Like: result.ID}, nearParts+1)
		if err != nil {
			v.Why = err.Error()
		}
		v.Similar = others(all, result.ID, nearParts)
	}
	p.show(w, r, http.StatusOK, "part", "near", "", v)
}

// others are what was found without the part that was asked about.
func others(all []Found, id int64, most int) []Found {
	var rest []Found
	for _, f := range all {
		if f.ID != id && len(rest) < most {
			rest = append(rest, f)
		}
	}
	return rest
}
