package page

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"pristine/history"
	"pristine/internal/shift"
	"pristine/report"
	"pristine/users"
	"pristine/web"
)

//go:embed templates
var templateFiles embed.FS

//go:embed static
var staticFiles embed.FS

// Found is a part that a search found.
type Found struct {
	history.Result
	Cosine float64 // with the query; 0 without one
}

// Options are what the page shows and does. All functions but Search and References must be set.
type Options struct {
	Status     func() web.Status
	Watched    func()                                                        // somebody looks
	Map        func(camera string) []byte                                    // of the newest result
	History    func() *history.History                                       // nil where none is kept
	Search     func(ctx context.Context, q Query, most int) ([]Found, error) // ranks past parts; nil: the model is not there
	References References                                                    // nil: they are not shown
	Access     *users.Access                                                 // nil: no login
	Shifts     shift.Calendar
	Log        *slog.Logger
	Version    string
	Now        func() time.Time // nil: time.Now
}

// Query is what is looked for: a text, a picture, or what looks like a past part.
type Query struct {
	Text    string
	Picture []byte
	Like    int64 // sequence of a result; 0: none
}

// Page serves the screens.
type Page struct {
	options   Options
	templates map[string]*template.Template
	stopping  <-chan struct{}
	streams   chan struct{} // holds a token for each that is open
	mu        sync.Mutex
	cached    shiftState
	cachedAt  time.Time
}

var errNoHistory = errors.New("there is no history: history.max_bytes is 0, or it could not be opened (see the log)")

// New parses the templates.
func New(o Options) *Page {
	if o.Now == nil {
		o.Now = time.Now
	}
	p := &Page{options: o, templates: map[string]*template.Template{}, streams: make(chan struct{}, mostStreams)}
	functions := template.FuncMap{
		"shape": report.Shape, "local": func(t time.Time) string { return t.Local().Format("2006-01-02 15:04:05") }, "clock": func(t time.Time) string { return t.Local().Format("15:04:05") },
		"zone": func(t time.Time) string { return t.Local().Format("MST -07:00") }, "sentence": sentence, "iso": func(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) },
		"percent": func(v float64) string { return fmt.Sprintf("%.4g", 100*v) }, "score": func(v float64) string { return fmt.Sprintf("%.2f", v) }, "stamp": func(t time.Time) string { return t.Local().Format("20060102-1504") }, "lower": strings.ToLower, "pareto": report.Pareto, "inc": func(i int) int { return i + 1 }, "link": func(href, icon, word, here string) map[string]any {
			return map[string]any{"Href": href, "Icon": icon, "Word": word, "Here": icon == here}
		}, "number": func(v *float64) string {
			if v == nil {
				return "–"
			}
			return fmt.Sprintf("%.2f", *v)
		},
	}
	base := template.Must(template.New("").Funcs(functions).ParseFS(templateFiles, "templates/base.html", "templates/parts.html", "templates/charts.html"))
	for _, name := range []string{"live", "part", "review", "search", "reports", "audit", "login", "error"} {
		p.templates[name] = template.Must(template.Must(base.Clone()).ParseFS(templateFiles, "templates/"+name+".html"))
	}
	return p
}

// Register adds the routes to a server, before it serves.
func (p *Page) Register(s *web.Server) {
	p.stopping = s.Stopping()
	static, err := fs.Sub(staticFiles, "static")
	if err != nil {
		panic(err) // it is embedded
	}
	s.Handle("GET /static/", users.Nobody, http.StripPrefix("/static/", http.FileServerFS(static)))
	s.Handle("GET /login", users.Nobody, http.HandlerFunc(p.login))
	s.Handle("POST /login", users.Nobody, http.HandlerFunc(p.enter))
	s.Handle("POST /logout", users.Nobody, http.HandlerFunc(p.leave))
	s.Handle("POST /name", users.Operator, http.HandlerFunc(p.name))
	s.Handle("GET /{$}", users.Operator, http.HandlerFunc(p.live))
	s.Handle("GET /live/events", users.Operator, http.HandlerFunc(p.stream))
	s.Handle("GET /live/charts", users.Operator, http.HandlerFunc(p.charts))
	s.Handle("GET /live/{camera}/map.png", users.Operator, http.HandlerFunc(p.liveMap))
	s.Handle("GET /parts/{event}", users.Operator, http.HandlerFunc(p.part))
	s.Handle("GET /parts/{event}/near", users.Operator, http.HandlerFunc(p.near))
	s.Handle("GET /parts/{event}/{file}", users.Operator, http.HandlerFunc(p.partFile))
	s.Handle("POST /parts/{event}/label", users.Operator, http.HandlerFunc(p.label))
	s.Handle("POST /parts/{event}/use", users.Engineer, http.HandlerFunc(p.use))
	s.Handle("POST /references/drop", users.Engineer, http.HandlerFunc(p.drop))
	s.Handle("GET /review", users.Operator, http.HandlerFunc(p.review))
	s.Handle("POST /review/undo", users.Operator, http.HandlerFunc(p.undo))
	s.Handle("GET /search", users.Operator, http.HandlerFunc(p.search))
	s.Handle("POST /search", users.Operator, http.HandlerFunc(p.search))
	s.Handle("GET /reports", users.Operator, http.HandlerFunc(p.reports))
	s.Handle("GET /reports/{file}", users.Operator, http.HandlerFunc(p.reportFile))
	s.Handle("GET /audit", users.Operator, http.HandlerFunc(p.audit))
}

// frame is what every screen shows.
type frame struct {
	Screen  string // of the rail
	Title   string
	Station string
	Version string
	User    string
	Role    string
	Login   bool // there are users
	Data    any
}

// show writes a screen, or the part of it that is named block.
func (p *Page) show(w http.ResponseWriter, r *http.Request, code int, screen, block, title string, data any) {
	u := users.Of(r.Context())
	f := frame{Screen: screen, Title: title, Station: p.options.Status().Station, Version: p.options.Version, User: p.who(r), Role: u.Role.String(), Login: p.options.Access != nil, Data: data}
	var out bytes.Buffer
	if err := p.templates[screen].ExecuteTemplate(&out, block, f); err != nil {
		p.options.Log.Error("a screen cannot be shown", "screen", screen, "err", err)
		http.Error(w, "this screen cannot be shown: see the agent's log", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(code)
	_, _ = out.WriteTo(w) // an error means that the asker is gone
}

// fail shows what went wrong: what happened, and what goes on meanwhile.
func (p *Page) fail(w http.ResponseWriter, r *http.Request, err error) {
	code := http.StatusInternalServerError
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		code, err = http.StatusRequestEntityTooLarge, fmt.Errorf("what was sent is too large: at most %d bytes are read", large.Limit)
	case errors.Is(err, history.ErrNoResult):
		code = http.StatusNotFound
	case errors.Is(err, errNoHistory), errors.Is(err, ErrNoModel):
		code = http.StatusServiceUnavailable
	case errors.Is(err, ErrUse):
		code = http.StatusConflict
	case errors.Is(err, history.ErrLabel), errors.Is(err, history.ErrNoLabel), errors.Is(err, ErrRequest):
		code = http.StatusBadRequest
	default:
		if r.Context().Err() != nil {
			return // nobody waits any more
		}
		p.options.Log.Warn("a request failed", "path", r.URL.Path, "err", err)
	}
	if r.Header.Get("X-Fragment") != "" {
		http.Error(w, err.Error(), code)
		return
	}
	p.show(w, r, code, "error", "base", "Not shown", err.Error())
}

// Errors that Options.Search may return.
var (
	ErrRequest = errors.New("the request cannot be understood")
	ErrNoModel = errors.New("the model is not ready yet: search again in a moment")
)

// kept returns the history.
func (p *Page) kept() (*history.History, error) {
	if h := p.options.History(); h != nil {
		return h, nil
	}
	return nil, errNoHistory
}

// whoCookie names who acts where there are no users.
const whoCookie = "pristine_name"

// who is recorded with what somebody does.
func (p *Page) who(r *http.Request) string {
	if p.options.Access != nil {
		return users.Of(r.Context()).Name
	}
	if c, err := r.Cookie(whoCookie); err == nil && users.ValidName(c.Value) {
		return c.Value
	}
	return users.Local.Name
}

func (p *Page) name(w http.ResponseWriter, r *http.Request) {
	if name := r.PostFormValue("name"); users.ValidName(name) && p.options.Access == nil {
		http.SetCookie(w, &http.Cookie{Name: whoCookie, Value: name, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode, MaxAge: 365 * 24 * 3600})
	}
	http.Redirect(w, r, "/review", http.StatusSeeOther)
}

func (p *Page) login(w http.ResponseWriter, r *http.Request) {
	if p.options.Access == nil {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	p.show(w, r, http.StatusOK, "login", "base", "Log in", "")
}

// mostForm bounds what is posted: it is small, but for a picture.
const mostForm = 16 << 10

func (p *Page) enter(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, mostForm)
	if p.options.Access == nil {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	_, err := p.options.Access.Login(w, r, r.PostFormValue("name"), r.PostFormValue("password"))
	switch {
	case errors.Is(err, users.ErrSlow):
		p.show(w, r, http.StatusTooManyRequests, "login", "base", "Log in", "Too many attempts. Wait a minute.")
	case err != nil:
		p.show(w, r, http.StatusUnauthorized, "login", "base", "Log in", "Name or password is wrong.")
	default:
		http.Redirect(w, r, "/", http.StatusSeeOther)
	}
}

func (p *Page) leave(w http.ResponseWriter, r *http.Request) {
	if p.options.Access != nil {
		p.options.Access.Logout(w, r)
	}
	http.Redirect(w, r, "/login", http.StatusSeeOther)
}
