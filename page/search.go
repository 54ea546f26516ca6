package page

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"pristine/history"
)

// Limits of a search.
const (
	searchHits  = 60
	searchRanks = 600 // that filters choose from
	mostPicture = 16 << 20
	mostText    = 300
)

// searchView is a question and its answer.
type searchView struct {
	Text, Camera, Verdict, From, To, Part string
	Cameras                               []string
	Verdicts                              []string
	Found                                 []Found
	Ranked                                bool
	Picture                               bool
	Like                                  *history.Result // the part that others are like
	Note                                  string
}

func (p *Page) search(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, mostPicture)
	h, err := p.kept()
	var v *searchView
	var large *http.MaxBytesError
	if e := r.ParseMultipartForm(mostPicture); r.Method == http.MethodPost && errors.As(e, &large) {
		err = large
	}
	if err == nil {
		v, err = p.find(r, h)
	}
	if err != nil {
		p.fail(w, r, err)
		return
	}
	p.show(w, r, http.StatusOK, "search", "base", "Search", v)
}

func (p *Page) find(r *http.Request, h *history.History) (*searchView, error) {
	v := &searchView{Text: strings.TrimSpace(r.FormValue("q")), Camera: r.FormValue("camera"), Verdict: r.FormValue("verdict"), From: r.FormValue("from"), To: r.FormValue("to"), Part: strings.TrimSpace(r.FormValue("part")), Verdicts: []string{"PASS", "REVIEW", "FAIL", "INVALID"}}
	for _, c := range p.options.Status().Cameras {
		v.Cameras = append(v.Cameras, c.Name)
	}
	f := history.Filter{Part: v.Part}
	f.Camera = v.Camera
	if slices.Contains(v.Verdicts, v.Verdict) {
		f.Verdicts = []string{v.Verdict}
	}
	var err error
	if f.From, err = moment(v.From); err != nil {
		return nil, err
	}
	if f.To, err = moment(v.To); err != nil {
		return nil, err
	}
	q := Query{Text: v.Text}
	if len([]rune(q.Text)) > mostText {
		return nil, fmt.Errorf("%w: a text of more than %d letters", ErrRequest, mostText)
	}
	if r.Method == http.MethodPost {
		if q.Picture, err = posted(r); err != nil {
			return nil, err
		}
	}
	if like := r.FormValue("like"); like != "" && q.Picture == nil {
		if v.Like, err = h.Part(r.Context(), like); err != nil {
			return nil, err
		}
		q = Query{Like: v.Like.ID}
	}
	if q.Text == "" && q.Picture == nil && q.Like == 0 {
		parts, err := h.Parts(r.Context(), f, searchHits)
		for _, part := range parts {
			v.Found = append(v.Found, Found{Result: part})
		}
		return v, err
	}
	v.Ranked, v.Picture = true, q.Picture != nil
	if p.options.Search == nil {
		return nil, ErrNoModel
	}
	all, err := p.options.Search(r.Context(), q, searchRanks)
	if err != nil {
		return nil, err
	}
	for _, found := range others(all, q.Like, len(all)) {
		if matches(f, &found.Result) && len(v.Found) < searchHits {
			v.Found = append(v.Found, found)
		}
	}
	return v, nil
}

func matches(f history.Filter, r *history.Result) bool {
	return (f.Camera == "" || r.Camera == f.Camera) && (f.Part == "" || r.Part == f.Part) && (len(f.Verdicts) == 0 || slices.Contains(f.Verdicts, r.Verdict)) &&
		(f.From.IsZero() || !r.Time.Before(f.From)) && (f.To.IsZero() || r.Time.Before(f.To))
}

// moment reads a time as browsers write it, in the station's zone; "" is none.
func moment(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05", "2006-01-02"} {
		if t, err := time.ParseInLocation(layout, text, time.Local); err == nil && t.Year() > 1970 && t.Year() < 2200 {
			return t, nil
		}
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil && t.Year() > 1970 && t.Year() < 2200 {
		return t, nil
	}
	return time.Time{}, fmt.Errorf("%w: %q is no time, such as 2026-11-28T06:00", ErrRequest, text)
}

// posted is the picture of a form, nil where there is none.
func posted(r *http.Request) ([]byte, error) {
	file, _, err := r.FormFile("picture")
	if errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRequest, err)
	}
	defer func() { _ = file.Close() }()
	data, err := io.ReadAll(file)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRequest, err)
	}
	if len(data) == 0 {
		return nil, nil
	}
	return data, nil
}
