package page

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"pristine/history"
	"pristine/users"
)

// Use says what becomes of a reviewed part. It is good or bad as its label says.
type Use struct {
	Who    string
	As     string // AsReference or AsEvaluation
	Result history.Result
}

// What a reviewed part may be used as.
const (
	AsReference  = "reference"
	AsEvaluation = "evaluation"
)

// Reference is a picture that a camera compares with.
type Reference struct {
	ID     string // of what it looks like
	Camera string
	Name   string // of its file; "" where it was learned from a frame
	Event  string // of the part that it was made of; "" where it came otherwise
	Bad    bool
	Cosine float64 // with the part that was asked about
	Part   *history.Result
}

// References are what cameras compare with, as the page shows and changes it.
type References interface {
	// Use makes a reviewed part a reference or a picture to evaluate with, and
	// says in a sentence what it did. An error with ErrUse says why it cannot.
	Use(ctx context.Context, u Use) (string, error)
	// Drop removes a reference from a camera's.
	Drop(ctx context.Context, who, camera, id string) (string, error)
	// Near returns a camera's references, the nearest to a past part first. The cosine
	// is 0 where the part has no embedding of the model that runs.
	Near(ctx context.Context, part *history.Result) ([]Reference, error)
}

// ErrUse is returned within an error when a part cannot become what was asked for.
var ErrUse = errors.New("this part cannot be used this way")

var errUnlabelled = fmt.Errorf("%w: nobody has said yet whether it is good or bad: label it first", ErrUse)

// usable is what may be done with a reviewed part, beside its label.
type usable struct {
	Event    string
	Label    string
	Kind     string
	May      bool   // who looks is an engineer
	Is       string // the id of the reference that was made of it; "" without
	Bad      bool   // of that reference
	Camera   string
	Back     string // screen to show afterwards: "part", or "" for Review
	Verdict  string // of Review's filter
	Possible bool   // there is a label, and something that changes references
}

func (p *Page) usable(r *http.Request, result *history.Result, back string) usable {
	u := usable{Event: result.Event, May: mayUse(r), Camera: result.Camera, Back: back}
	if result.Label == nil || result.Label.Label == history.Skipped || p.options.References == nil {
		return u
	}
	u.Possible, u.Label, u.Kind = true, result.Label.Label, result.Label.Kind
	all, err := p.options.References.Near(r.Context(), result)
	if err != nil {
		p.options.Log.Warn("references cannot be listed", "camera", result.Camera, "err", err)
	}
	for _, reference := range all {
		if reference.Event == result.Event {
			u.Is, u.Bad = reference.ID, reference.Bad
		}
	}
	return u
}

// known looks up the part that a reference was made of, where the history has it yet.
func known(ctx context.Context, h *history.History, r *Reference) {
	if r.Event == "" {
		return
	}
	if part, err := h.Part(ctx, r.Event); err == nil {
		r.Part = part
	}
}

// mayUse reports whether who asks may change references.
func mayUse(r *http.Request) bool { return users.Of(r.Context()).Role >= users.Engineer }

// use makes a reviewed part a reference, or a picture to evaluate with.
func (p *Page) use(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, mostForm)
	h, err := p.kept()
	var result *history.Result
	if err == nil {
		result, err = h.Part(r.Context(), r.PathValue("event"))
	}
	as := r.PostFormValue("as")
	switch {
	case err != nil:
	case as != AsReference && as != AsEvaluation:
		err = fmt.Errorf("%w: as=%q is neither %s nor %s", ErrRequest, as, AsReference, AsEvaluation)
	case p.options.References == nil:
		err = ErrNoModel
	case result.Label == nil || result.Label.Label == history.Skipped:
		err = errUnlabelled
	}
	var said string
	if err == nil {
		said, err = p.options.References.Use(r.Context(), Use{Who: p.who(r), As: as, Result: *result})
	}
	p.used(w, r, said, err, r.PathValue("event"))
}

// drop removes a reference.
func (p *Page) drop(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, mostForm)
	err := ErrNoModel
	var said string
	if p.options.References != nil {
		said, err = p.options.References.Drop(r.Context(), p.who(r), r.PostFormValue("camera"), r.PostFormValue("id"))
	}
	p.used(w, r, said, err, r.PostFormValue("event"))
}

func (p *Page) used(w http.ResponseWriter, r *http.Request, said string, err error, event string) {
	switch {
	case err != nil:
		p.fail(w, r, err)
	case r.PostFormValue("back") == "part":
		p.showPart(w, r, event, said)
	default:
		p.showReview(w, r, said)
	}
}
