package page

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"pristine/history"
	"pristine/report"
)

// reviewView is the queue's first part, and what comes after it.
type reviewView struct {
	Part     *partView
	Next     []history.Result // to be loaded before they are asked for
	Waiting  map[string]int
	Total    int
	Most     bool
	Verdict  string // of the filter
	Reviewed report.Reviewed
	Sets     []report.ReviewedSet
	Advice   *advice
	Undo     *history.Label // what undo would take back, with its part
	UndoPart string
	UndoUse  usable // what that part can be used as
	Note     string
}

// preload is how many parts' pictures are loaded ahead.
const preload = 3

func (p *Page) review(w http.ResponseWriter, r *http.Request) {
	p.showReview(w, r, "")
}

// showReview answers with the screen, or with its stage alone for the page's script.
func (p *Page) showReview(w http.ResponseWriter, r *http.Request, note string) {
	h, err := p.kept()
	var v *reviewView
	if err == nil {
		v, err = p.queue(r, h)
	}
	if err != nil {
		p.fail(w, r, err)
		return
	}
	v.Note = note
	block := "base"
	if r.Header.Get("X-Fragment") != "" {
		block = "stage"
	}
	p.show(w, r, http.StatusOK, "review", block, "Review", v)
}

func (p *Page) queue(r *http.Request, h *history.History) (*reviewView, error) {
	v := &reviewView{Verdict: r.FormValue("verdict")}
	f := history.Filter{Queued: true}
	switch v.Verdict {
	case "FAIL", "REVIEW", "PASS":
		f.Verdicts = []string{v.Verdict}
	default:
		v.Verdict = ""
	}
	parts, err := h.Parts(r.Context(), f, 1+preload)
	if err != nil {
		return nil, err
	}
	if len(parts) > 0 {
		if v.Part, err = p.view(r, h, &parts[0]); err != nil {
			return nil, err
		}
		v.Next = parts[1:]
	}
	if v.Waiting, err = h.Waiting(r.Context()); err != nil {
		return nil, err
	}
	for _, n := range v.Waiting {
		v.Total += n
	}
	v.Most = v.Total >= history.MostWaiting
	now := p.options.Now()
	period := history.Period{From: now.AddDate(0, 0, -30), To: now.Add(shiftEvery)}
	if v.Reviewed, err = report.Review(r.Context(), h.Reader, period); err != nil {
		return nil, err
	}
	if v.Sets, err = report.ReviewSets(r.Context(), h.Reader, period); err != nil {
		return nil, err
	}
	if v.Advice, err = p.advise(r, h, period, v.Sets); err != nil {
		return nil, err
	}
	if v.Undo, err = h.LastLabel(r.Context(), p.who(r)); err != nil {
		return nil, err
	}
	if v.Undo != nil {
		if of, err := h.PartByID(r.Context(), v.Undo.Result); err == nil {
			v.UndoPart, v.UndoUse = partName(of), p.usable(r, of, "")
			v.UndoUse.Verdict = v.Verdict
		}
	}
	return v, nil
}

// label records what somebody says of a part.
func (p *Page) label(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, mostForm)
	h, err := p.kept()
	var result *history.Result
	if err == nil {
		result, err = h.Part(r.Context(), r.PathValue("event"))
	}
	var l history.Label
	if err == nil {
		kind := strings.TrimSpace(r.PostFormValue("kind"))
		if r.PostFormValue("label") != history.Bad {
			kind = ""
		}
		l, err = h.Label(r.Context(), history.Label{Result: result.ID, Who: p.who(r), Label: r.PostFormValue("label"), Kind: kind})
	}
	if err == nil {
		before := ""
		if result.Label != nil {
			before = words(result.Label)
		}
		_, err = h.Change(r.Context(), history.Change{Who: l.Who, Kind: "label", Object: result.Event + " " + result.Part, Before: before, After: words(&l)})
	}
	if err != nil {
		p.fail(w, r, err)
		return
	}
	if r.PostFormValue("back") == "part" {
		http.Redirect(w, r, "/parts/"+result.Event, http.StatusSeeOther)
		return
	}
	p.showReview(w, r, fmt.Sprintf("%s: %s.", partName(result), words(&l)))
}

func partName(r *history.Result) string {
	if r.Part != "" {
		return r.Part
	}
	return r.Camera + " " + r.Time.Local().Format("15:04:05")
}

func words(l *history.Label) string {
	if l.Kind != "" {
		return l.Label + ", " + l.Kind
	}
	if l.Label == history.Skipped {
		return "skipped"
	}
	return l.Label
}

// undo takes back the last label of who asks.
func (p *Page) undo(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, mostForm)
	h, err := p.kept()
	var l history.Label
	if err == nil {
		of, _ := strconv.ParseInt(r.PostFormValue("sequence"), 10, 64)
		l, err = h.Unlabel(r.Context(), p.who(r), of)
	}
	if err == nil {
		object := fmt.Sprint(l.Result)
		if result, err := h.PartByID(r.Context(), l.Result); err == nil {
			object = result.Event + " " + result.Part
		}
		_, err = h.Change(r.Context(), history.Change{Who: l.Who, Kind: "label", Object: object, Before: words(&l), After: "undone"})
	}
	if err != nil {
		p.fail(w, r, err)
		return
	}
	p.showReview(w, r, "Undone.")
}
