package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"pristine/users"
)

// Options configure a Server.
type Options struct {
	Status  func() Status
	Live    func(context.Context) error // whether the event store answers; returns when the context ends
	Picture func(id string) (jpeg []byte, ok bool)
	Watched func() // called when somebody views the page; may be nil

	Known      Known                  // label values of metrics
	Histograms []prometheus.Collector // served with the metrics of Status

	Access            *users.Access // access control; nil: everybody may do everything
	CertFile, KeyFile string        // of TLS; "": none
}

// Route is an address with its required role.
type Route struct {
	Pattern string
	Role    users.Role
}

// Server answers HTTP requests.
type Server struct {
	options  Options
	listener net.Listener
	mux      *http.ServeMux
	server   *http.Server
	routes   []Route

	bodyLimit time.Duration
	stopping  chan struct{} // closed when the server stops: streams end
}

// Limits of a request: the page and its programs send little and wait little.
const (
	headerLimit = 5 * time.Second
	idleLimit   = time.Minute
	bytesLimit  = 16 << 10         // of the header
	bodyLimit   = 30 * time.Second // until a form or an upload is whole
	drainLimit  = 3 * time.Second
)

// Listen opens the address, host:port. Port 0 selects a free one.
func Listen(address string, o Options) (*Server, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("serve the page: %w: set http.listen to a free port, or to \"\" for none", err)
	}
	s := &Server{options: o, listener: l, mux: http.NewServeMux(), stopping: make(chan struct{}), bodyLimit: bodyLimit}
	registry := prometheus.NewRegistry()
	registry.MustRegister(newCollector(o.Status, o.Known), collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	registry.MustRegister(o.Histograms...)
	s.Handle("GET /metrics", users.Nobody, promhttp.HandlerFor(registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError}))
	s.Handle("GET /status", users.Operator, http.HandlerFunc(s.status))
	s.Handle("GET /healthz", users.Nobody, http.HandlerFunc(s.healthz))
	s.Handle("GET /livez", users.Nobody, http.HandlerFunc(s.livez))
	s.Handle("GET /readyz", users.Nobody, http.HandlerFunc(s.readyz))
	s.Handle("GET /fitz", users.Nobody, http.HandlerFunc(s.fitz))
	s.Handle("GET /pictures/{id}", users.Operator, http.HandlerFunc(s.picture))
	var handler http.Handler = s.mux
	handler = http.NewCrossOriginProtection().Handler(handler)
	if l.Addr().(*net.TCPAddr).IP.IsLoopback() {
		handler = loopbackOnly(handler)
	}
	s.server = &http.Server{Handler: hardened(handler), ReadHeaderTimeout: headerLimit, IdleTimeout: idleLimit, MaxHeaderBytes: bytesLimit}
	s.server.RegisterOnShutdown(func() { close(s.stopping) })
	return s, nil
}

// Handle registers another handler and its required role. Call it before Serve.
func (s *Server) Handle(pattern string, role users.Role, h http.Handler) {
	s.routes = append(s.routes, Route{pattern, role})
	s.mux.Handle(pattern, s.options.Access.Guard(role, s.timed(h)))
}

// timed limits the time for a request's body. Responses may be streams without a limit.
func (s *Server) timed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Body != http.NoBody { // a server whose connection cannot have a deadline has none
			_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(s.bodyLimit))
		}
		next.ServeHTTP(w, r)
	})
}

// Routes returns every address that is served.
func (s *Server) Routes() []Route { return slices.Clone(s.routes) }

// Stopping returns a channel that is closed when the server stops. Streams must end
// then.
func (s *Server) Stopping() <-chan struct{} { return s.stopping }

// URL returns the address of the page.
func (s *Server) URL() string {
	scheme := "http://"
	if s.options.CertFile != "" {
		scheme = "https://"
	}
	return scheme + s.listener.Addr().String() + "/"
}

// Serve answers requests until Close.
func (s *Server) Serve() error {
	serve := s.server.Serve
	if s.options.CertFile != "" {
		serve = func(l net.Listener) error { return s.server.ServeTLS(l, s.options.CertFile, s.options.KeyFile) }
	}
	if err := serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve the page: %w", err)
	}
	return nil
}

// Close waits for current requests, for a few seconds at most.
func (s *Server) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), drainLimit)
	defer cancel()
	if err := s.server.Shutdown(ctx); err != nil {
		return s.server.Close()
	}
	return nil
}

// loopbackOnly refuses requests for another name: a web site could give one of
// its own names this machine's loopback address (DNS rebinding).
func loopbackOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if h, _, err := net.SplitHostPort(host); err == nil {
			host = h
		}
		ip := net.ParseIP(strings.Trim(host, "[]"))
		if host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			http.Error(w, "this agent listens on this machine only: ask for localhost", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func hardened(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'self'; img-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

func (s *Server) status(w http.ResponseWriter, r *http.Request) {
	if s.options.Watched != nil && r.URL.Query().Has("watch") {
		s.options.Watched()
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(s.options.Status()) // an error means that the asker is gone
}

func (s *Server) picture(w http.ResponseWriter, r *http.Request) {
	jpeg, ok := s.options.Picture(r.PathValue("id"))
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "image/jpeg")
	_, _ = w.Write(jpeg)
}
