package page

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"pristine/users"
)

// Every route answers those who have its role, and nobody else.
func TestRoutes_HoldTheirRoles(t *testing.T) {
	file := users.OpenFile(filepath.Join(t.TempDir(), "users.json"))
	roles := []users.Role{users.Nobody, users.Operator, users.Engineer, users.Admin}
	clients := map[users.Role]*http.Client{}
	s := serve(t, users.NewAccess(file))
	for _, role := range roles {
		jar, err := cookiejar.New(nil)
		if err != nil {
			t.Fatal(err)
		}
		clients[role] = &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		if role == users.Nobody {
			continue
		}
		if _, err := file.Set(role.String(), role, "a long password"); err != nil {
			t.Fatal(err)
		}
		if code, body, _ := s.ask(t, clients[role], "POST", "/login", url.Values{"name": {role.String()}, "password": {"a long password"}}); code != 303 {
			t.Fatalf("%v cannot log in: %d %s", role, code, body)
		}
	}
	if code, _, _ := s.ask(t, clients[users.Nobody], "POST", "/login", url.Values{"name": {"admin"}, "password": {"another password"}}); code != 401 {
		t.Errorf("a wrong password: %d", code)
	}
	public := map[string]bool{}
	for _, r := range s.Routes() {
		method, path, _ := strings.Cut(r.Pattern, " ")
		path = strings.NewReplacer("{$}", "", "{event}", "K-3", "{camera}", "belt", "{file}", "thumb.jpg", "{id}", "belt").Replace(path)
		if r.Role == users.Nobody {
			public[r.Pattern] = true
		}
		if path == "/logout" || r.Pattern == "POST /login" { // they begin and end sessions: asked above and below
			continue
		}
		for _, role := range roles {
			code := s.code(t, clients[role], method, path)
			if denied := code == 401 || code == 403; denied != (role < r.Role) {
				t.Errorf("%s, for %v: %v gets %d", r.Pattern, r.Role, role, code)
			}
		}
	}
	for _, want := range []string{"GET /livez", "GET /readyz", "GET /healthz", "GET /fitz", "GET /metrics", "GET /static/", "GET /login", "POST /login", "POST /logout"} {
		if !public[want] {
			t.Errorf("%s needs a login", want)
		}
		delete(public, want)
	}
	if len(public) > 0 {
		t.Errorf("without a login: %v", public)
	}
	if code, _, _ := s.ask(t, clients[users.Operator], "POST", "/logout", url.Values{}); code != 303 {
		t.Error(code)
	}
	if code := s.code(t, clients[users.Operator], "GET", "/review"); code != 401 {
		t.Errorf("after logout: %d", code)
	}
}

func FuzzHandlers(f *testing.F) {
	s := serve(f, nil)
	for _, seed := range []string{"/parts/K-3", "/search?q=%00&from=x", "/reports?since=1h&camera=%ff", "/review?verdict=<b>", "/parts/K-3/map.png", "/live/belt/map.png", "/search?part=%27%20OR%201=1"} {
		f.Add(seed, "label=good&kind=x")
	}
	f.Fuzz(func(t *testing.T, path, form string) {
		u, err := url.Parse(path)
		if err != nil || !strings.HasPrefix(path, "/") || strings.HasPrefix(u.Path, "/live/events") {
			return
		}
		for _, method := range []string{"GET", "POST"} {
			r, err := http.NewRequestWithContext(context.Background(), method, s.base+u.RequestURI(), strings.NewReader(form))
			if err != nil {
				return
			}
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			answer, err := http.DefaultTransport.RoundTrip(r)
			if err != nil {
				t.Fatalf("%s %s: %v", method, path, err)
			}
			body, _ := io.ReadAll(answer.Body)
			_ = answer.Body.Close()
			if answer.StatusCode >= 500 && !bytes.Contains(body, []byte("agent is not")) && answer.StatusCode != 503 {
				t.Errorf("%s %s: %d %s", method, path, answer.StatusCode, body)
			}
		}
	})
}
