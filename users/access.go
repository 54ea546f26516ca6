package users

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Limits of sessions and of attempts.
const (
	sessionIdle  = 2 * time.Hour
	sessionLife  = 12 * time.Hour
	sessionsMost = 1000
	attempts     = 5 // of a name or an address at once; then one every attemptEvery
	attemptEvery = 12 * time.Second
	limitersMost = 10_000
	basicFor     = time.Minute // a program's password is not checked again for so long
)

// Errors of a login.
var (
	ErrLogin = errors.New("name or password is wrong")
	ErrSlow  = errors.New("too many attempts: wait a minute")
)

const cookieName = "pristine_session"

type session struct {
	user           User
	started, asked time.Time
}

// Access guards routes by sessions. A nil *Access guards nothing: everybody is the
// administrator on the machine itself.
type Access struct {
	file     *File
	now      func() time.Time
	dummy    string // a hash, so that a check takes as long without a user
	mu       sync.Mutex
	sessions map[[32]byte]*session // by the hash of the token
	basic    map[[32]byte]*session
	limits   map[string]*rate.Limiter
	checking chan struct{} // one check at a time: each takes 64 MiB
}

// NewAccess returns an Access of the users in a file.
func NewAccess(f *File) *Access {
	return &Access{
		file: f, now: time.Now, dummy: hashPassword("nobody has this one"), sessions: map[[32]byte]*session{}, basic: map[[32]byte]*session{},
		limits: map[string]*rate.Limiter{}, checking: make(chan struct{}, 1),
	}
}

// allow reports whether one more attempt may be made.
func (a *Access) allow(keys ...string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.limits) > limitersMost {
		clear(a.limits)
	}
	ok := true
	for _, key := range keys {
		l := a.limits[key]
		if l == nil {
			l = rate.NewLimiter(rate.Every(attemptEvery), attempts)
			a.limits[key] = l
		}
		ok = l.AllowN(a.now(), 1) && ok
	}
	return ok
}

// check returns the user of a name and a password.
func (a *Access) check(r *http.Request, name, password string) (User, error) {
	if !a.allow("name "+name, "from "+from(r)) {
		return User{}, ErrSlow
	}
	u, err := a.file.Find(name)
	hash := u.Hash
	if err != nil {
		hash = a.dummy
	}
	if len(password) > mostPassword {
		return User{}, ErrLogin
	}
	select {
	case a.checking <- struct{}{}:
	case <-r.Context().Done():
		return User{}, context.Cause(r.Context())
	}
	ok, broken := matches(password, hash)
	<-a.checking
	if err != nil || broken != nil || !ok {
		return User{}, ErrLogin
	}
	return u, nil
}

// from is the address of a request, without its port.
func from(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// Login begins a session, in a cookie.
func (a *Access) Login(w http.ResponseWriter, r *http.Request, name, password string) (User, error) {
	u, err := a.check(r, name, password)
	if err != nil {
		return User{}, err
	}
	token := rand.Text()
	a.mu.Lock()
	a.forget()
	a.sessions[sha256.Sum256([]byte(token))] = &session{u, a.now(), a.now()}
	a.mu.Unlock()
	http.SetCookie(w, &http.Cookie{Name: cookieName, Value: token, Path: "/", HttpOnly: true, Secure: r.TLS != nil, SameSite: http.SameSiteStrictMode, MaxAge: int(sessionLife / time.Second)})
	return u, nil
}

// forget removes sessions that have ended, and the oldest where there are too many.
func (a *Access) forget() {
	for _, all := range []map[[32]byte]*session{a.sessions, a.basic} {
		for key, s := range all {
			if a.ended(s) {
				delete(all, key)
			}
		}
		for len(all) >= sessionsMost {
			var oldest [32]byte
			for key, s := range all {
				if first, ok := all[oldest]; !ok || s.asked.Before(first.asked) {
					oldest = key
				}
			}
			delete(all, oldest)
		}
	}
}

func (a *Access) ended(s *session) bool {
	now := a.now()
	return now.Sub(s.asked) > sessionIdle || now.Sub(s.started) > sessionLife
}

// Logout ends the session of a request.
func (a *Access) Logout(w http.ResponseWriter, r *http.Request) {
	if c, err := r.Cookie(cookieName); err == nil {
		a.mu.Lock()
		delete(a.sessions, sha256.Sum256([]byte(c.Value)))
		a.mu.Unlock()
	}
	http.SetCookie(w, &http.Cookie{Name: cookieName, Path: "/", HttpOnly: true, Secure: r.TLS != nil, SameSite: http.SameSiteStrictMode, MaxAge: -1})
}

// who returns the user of a request: by its cookie, or by the password that a
// program sends.
func (a *Access) who(r *http.Request) (User, bool) {
	if c, err := r.Cookie(cookieName); err == nil {
		if u, ok := a.of(a.sessions, sha256.Sum256([]byte(c.Value)), sessionLife); ok {
			return u, true
		}
	}
	name, password, ok := r.BasicAuth()
	if !ok {
		return User{}, false
	}
	key := sha256.Sum256([]byte(name + "\x00" + password))
	if u, ok := a.of(a.basic, key, basicFor); ok {
		return u, true
	}
	u, err := a.check(r, name, password)
	if err != nil {
		return User{}, false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.forget()
	a.basic[key] = &session{u, a.now(), a.now()}
	return u, true
}

// of returns the user of a session that is good: the user must still be the same in
// the file.
func (a *Access) of(all map[[32]byte]*session, key [32]byte, life time.Duration) (User, bool) {
	a.mu.Lock()
	s := all[key]
	if s == nil || a.ended(s) || a.now().Sub(s.started) > life {
		delete(all, key)
		a.mu.Unlock()
		return User{}, false
	}
	s.asked = a.now()
	u := s.user
	a.mu.Unlock()
	now, err := a.file.Find(u.Name)
	return now, err == nil && now == u
}

type contextKey struct{}

// Local is who acts where no login is asked for.
var Local = User{Name: "local", Role: Admin}

// Of returns the user of a request that a guard has let through.
func Of(ctx context.Context) User {
	if u, ok := ctx.Value(contextKey{}).(User); ok {
		return u
	}
	return Local
}

// Guard lets requests of a role, or a higher one, through. A person is sent to
// /login; a program gets 401.
func (a *Access) Guard(role Role, next http.Handler) http.Handler {
	if a == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		u, ok := a.who(r)
		switch {
		case ok:
			r = r.WithContext(context.WithValue(r.Context(), contextKey{}, u))
		case role == Nobody:
			r = r.WithContext(context.WithValue(r.Context(), contextKey{}, User{}))
		case r.Method == http.MethodGet && strings.Contains(r.Header.Get("Accept"), "text/html"):
			http.Redirect(w, r, "/login", http.StatusSeeOther)
			return
		default:
			w.Header().Set("WWW-Authenticate", `Basic realm="pristine", charset="UTF-8"`)
			http.Error(w, "log in first", http.StatusUnauthorized)
			return
		}
		if u.Role < role {
			http.Error(w, "this needs the role "+role.String(), http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}
