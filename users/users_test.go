package users

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func file(t *testing.T) *File {
	t.Helper()
	f := OpenFile(filepath.Join(t.TempDir(), "data", "users.json"))
	if _, err := f.Set("ann", Engineer, "correct horse battery"); err != nil {
		t.Fatal(err)
	}
	return f
}

func TestFile_KeepsHashesOnly(t *testing.T) {
	f := file(t)
	data, err := os.ReadFile(f.Path())
	if err != nil || strings.Contains(string(data), "correct") || !strings.Contains(string(data), "$argon2id$v=19$m=65536,t=3,p=4$") {
		t.Errorf(`%v: %s; want err == nil, not strings.Contains(string(data), "correct"), strings.Contains(string(data), "$argon2id$v=19$m=65536,t=3,p=4$")`, err, data)
	}
	if info, err := os.Stat(f.Path()); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("got info.Mode() %+v, err %+v, info %+v; want err == nil, info.Mode().Perm() == 0o600", info.Mode(), err, info)
	}
	for name, password := range map[string]string{"": "long enough, this", "a b": "long enough, this", "<b>": "long enough, this", "bob": "short"} {
		if _, err := f.Set(name, Operator, password); !errors.Is(err, ErrName) && !errors.Is(err, ErrPassword) {
			t.Errorf("%q: %v", name, err)
		}
	}
	if before, err := f.Set("ann", Admin, "correct horse battery"); err != nil || before == nil || before.Role != Engineer {
		t.Errorf("got before %+v, err %+v; want err == nil, before != nil, before.Role == Engineer", before, err)
	}
	if err := f.Remove("bob"); !errors.Is(err, ErrNoUser) {
		t.Error(err)
	}
}

func ask(h http.Handler, method string, change func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "/", nil)
	if change != nil {
		change(r)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestAccess_SessionsEnd(t *testing.T) {
	f := file(t)
	a, now := NewAccess(f), time.Now()
	a.now = func() time.Time { return now }
	guarded := a.Guard(Operator, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write([]byte(Of(r.Context()).Name)) }))
	login := func() func(*http.Request) {
		t.Helper()
		w := httptest.NewRecorder()
		if _, err := a.Login(w, httptest.NewRequest("POST", "/login", nil), "ann", "correct horse battery"); err != nil {
			t.Fatal(err)
		}
		c := w.Result().Cookies()[0]
		if !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || len(c.Value) < 26 {
			t.Errorf("%+v; want c.HttpOnly, c.SameSite == http.SameSiteStrictMode, len(c.Value) >= 26", c)
		}
		return func(r *http.Request) { r.AddCookie(c) }
	}
	with := login()
	if w := ask(guarded, "GET", with); w.Code != 200 || w.Body.String() != "ann" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	now = now.Add(sessionIdle + time.Second)
	if w := ask(guarded, "GET", with); w.Code != 401 {
		t.Errorf("an idle session: %d", w.Code)
	}
	with = login()
	for range 12 {
		now = now.Add(time.Hour)
		ask(guarded, "GET", with)
	}
	now = now.Add(time.Minute)
	if w := ask(guarded, "GET", with); w.Code != 401 {
		t.Errorf("an old session: %d", w.Code)
	}
	with = login()
	if _, err := f.Set("ann", Operator, "correct horse battery"); err != nil {
		t.Fatal(err)
	}
	if w := ask(guarded, "GET", with); w.Code != 401 {
		t.Errorf("a session of a user who has changed: %d", w.Code)
	}
	with = login()
	r := httptest.NewRequest("POST", "/logout", nil)
	with(r)
	a.Logout(httptest.NewRecorder(), r)
	if w := ask(guarded, "GET", with); w.Code != 401 {
		t.Errorf("after logout: %d", w.Code)
	}
	if w := ask(guarded, "GET", func(r *http.Request) { r.Header.Set("Accept", "text/html") }); w.Code != 303 || w.Header().Get("Location") != "/login" {
		t.Errorf("a browser without a session: %d", w.Code)
	}
	if w := ask(guarded, "GET", func(r *http.Request) { r.SetBasicAuth("ann", "correct horse battery") }); w.Code != 200 {
		t.Errorf("a program with a password: %d", w.Code)
	}
	if w := ask(a.Guard(Admin, guarded), "GET", func(r *http.Request) { r.SetBasicAuth("ann", "correct horse battery") }); w.Code != 403 {
		t.Errorf("an operator as an administrator: %d", w.Code)
	}
}

func TestAccess_LimitsAttempts(t *testing.T) {
	a, now := NewAccess(file(t)), time.Now()
	a.now = func() time.Time { return now }
	try := func(name, password, address string) error {
		r := httptest.NewRequest("POST", "/login", nil)
		r.RemoteAddr = address + ":1"
		_, err := a.Login(httptest.NewRecorder(), r, name, password)
		return err
	}
	for range attempts {
		if err := try("ann", "wrong, but long enough", "192.0.2.1"); !errors.Is(err, ErrLogin) {
			t.Error(err)
		}
	}
	if err := try("ann", "correct horse battery", "192.0.2.2"); !errors.Is(err, ErrSlow) {
		t.Errorf("a name is tried without end: %v", err)
	}
	if err := try("bob", "wrong, but long enough", "192.0.2.1"); !errors.Is(err, ErrSlow) {
		t.Errorf("an address tries without end: %v", err)
	}
	now = now.Add(2 * attemptEvery)
	if err := try("ann", "correct horse battery", "192.0.2.3"); err != nil {
		t.Error(err)
	}
}

func FuzzMatches(f *testing.F) {
	f.Add("pw", "$argon2id$v=19$m=64,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA")
	f.Add("pw", "$argon2id$v=19$m=,t=0,p=0$$")
	f.Fuzz(func(t *testing.T, password, hash string) {
		if strings.Contains(hash, "m=") && !strings.Contains(hash, "m=64,t=1,p=1") {
			return // memory and time are bounded, but not for a fuzzer
		}
		if ok, err := matches(password, hash); ok && err != nil {
			t.Error(err)
		}
	})
}
