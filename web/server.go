package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Options of a Server.
type Options struct {
	Status  func() Status
	Live    func(context.Context) error // whether the event store answers; returns when the context ends
	Picture func(id string) (jpeg []byte, ok bool)
	Watched func() // is called when the page asks for the status, as nobody else does; may be nil
}

// Server answers HTTP requests.
type Server struct {
	options  Options
	listener net.Listener
	mux      *http.ServeMux
	server   *http.Server
}

// Limits of a request: the page and its programs send little and wait little.
const (
	headerLimit = 5 * time.Second
	idleLimit   = time.Minute
	bytesLimit  = 16 << 10 // of the header
	drainLimit  = 3 * time.Second
)

// Listen opens the address, host:port; port 0 takes a free one.
func Listen(address string, o Options) (*Server, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("serve the page: %w: set http.listen to a free port, or to \"\" for none", err)
	}
	s := &Server{options: o, listener: l, mux: http.NewServeMux()}
	registry := prometheus.NewRegistry()
	registry.MustRegister(&collector{o.Status}, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	s.mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	s.mux.HandleFunc("GET /status", s.status)
	s.mux.HandleFunc("GET /healthz", s.healthz)
	s.mux.HandleFunc("GET /livez", s.livez)
	s.mux.HandleFunc("GET /readyz", s.readyz)
	s.mux.HandleFunc("GET /fitz", s.fitz)
	s.mux.HandleFunc("GET /pictures/{id}", s.picture)
	files, err := fs.Sub(page, "page")
	if err != nil {
		return nil, err
	}
	s.mux.Handle("GET /", http.FileServerFS(files))
	var handler http.Handler = s.mux
	handler = http.NewCrossOriginProtection().Handler(handler)
	if l.Addr().(*net.TCPAddr).IP.IsLoopback() {
		handler = loopbackOnly(handler)
	}
	s.server = &http.Server{Handler: hardened(handler), ReadHeaderTimeout: headerLimit, IdleTimeout: idleLimit, MaxHeaderBytes: bytesLimit}
	return s, nil
}

// Handle registers one more handler, before Serve.
func (s *Server) Handle(pattern string, h http.Handler) { s.mux.Handle(pattern, h) }

// URL is where the page is.
func (s *Server) URL() string { return "http://" + s.listener.Addr().String() + "/" }

// Serve answers requests until Close.
func (s *Server) Serve() error {
	if err := s.server.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve the page: %w", err)
	}
	return nil
}

// Close lets requests under way end, for a few seconds at most.
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
		h.Set("Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'")
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
