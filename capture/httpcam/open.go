package httpcam

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/icholy/digest"

	"pristine/capture"
	"pristine/capture/digestauth"
)

// MaxBytes is the largest picture that is read: an uncompressed 4K frame.
const MaxBytes = 32 << 20

// Options of a source. Zero values take the defaults.
type Options struct {
	Decode      func(f *capture.Frame, data []byte) error // required
	OpenTimeout time.Duration                             // 10 s
	ReadTimeout time.Duration                             // 5 s
	FPS         float64                                   // pictures asked for a second; 1
}

// ErrVideo is returned within an error when the address leads to a video.
var ErrVideo = errors.New("a video, not MJPEG or a picture")

// client asks one address, with its credentials.
type client struct {
	http           *http.Client
	transport      *http.Transport
	url            string // without credentials
	shown          string // for errors
	user, password string
	basic          bool // the camera knows no Digest
}

func newClient(address string) (*client, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("open camera %s: %w: no valid URL", capture.Redact(address), capture.ErrProtocol)
	}
	c := &client{shown: capture.Redact(address), user: u.User.Username()}
	c.password, _ = u.User.Password()
	u.User = nil
	c.url = u.String()
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, fmt.Errorf("open camera %s: %w", c.shown, err)
	}
	c.transport = http.DefaultTransport.(*http.Transport).Clone()
	c.http = &http.Client{Transport: &cookies{jar, c.transport}}
	if c.user != "" {
		c.http.Transport = &digest.Transport{
			Username: c.user, Password: c.password, Transport: c.http.Transport, FindChallenge: digestauth.Find,
			Digest: func(_ *http.Request, challenge *digest.Challenge, o digest.Options) (*digest.Credentials, error) {
				return digestauth.Respond(challenge, o)
			},
		}
	}
	return c, nil
}

// cookies keeps the cookies of every answer: those of redirects and refusals, which
// start a session, among them.
type cookies struct {
	jar  http.CookieJar
	next http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (c *cookies) RoundTrip(request *http.Request) (*http.Response, error) {
	request = request.Clone(request.Context())
	for _, cookie := range c.jar.Cookies(request.URL) {
		request.AddCookie(cookie)
	}
	answer, err := c.next.RoundTrip(request)
	if err == nil {
		c.jar.SetCookies(request.URL, answer.Cookies())
	}
	return answer, err
}

func (c *client) close() { c.transport.CloseIdleConnections() }

// ask sends one request. The answer has status 200, and its body must be
// closed.
func (c *client) ask(ctx context.Context) (*http.Response, error) {
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.url, nil)
		if err != nil {
			return nil, fmt.Errorf("%w: no valid URL", capture.ErrProtocol)
		}
		if c.basic {
			request.SetBasicAuth(c.user, c.password)
		}
		answer, err := c.http.Do(request)
		if err != nil {
			return nil, cause(ctx, err)
		}
		if answer.StatusCode == http.StatusOK {
			return answer, nil
		}
		_ = answer.Body.Close()
		offered := strings.ToLower(strings.Join(answer.Header.Values("WWW-Authenticate"), ","))
		if answer.StatusCode == http.StatusUnauthorized && c.user != "" && !c.basic && strings.Contains(offered, "basic") {
			c.basic = true
			continue
		}
		return nil, capture.StatusError(answer.StatusCode, c.user != "")
	}
}

// cause names why a request failed.
func cause(ctx context.Context, err error) error {
	var (
		unknown   x509.UnknownAuthorityError
		host      x509.HostnameError
		invalid   x509.CertificateInvalidError
		record    tls.RecordHeaderError
		name      *net.DNSError
		operation *net.OpError
	)
	switch {
	case errors.Is(context.Cause(ctx), capture.ErrTimeout), errors.Is(err, os.ErrDeadlineExceeded):
		return fmt.Errorf("%w: is the camera on, and the address right?", capture.ErrTimeout)
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.As(err, &unknown):
		return fmt.Errorf("%w: the certificate's issuer is unknown here: put it into /usr/local/share/ca-certificates and run update-ca-certificates", capture.ErrTLS)
	case errors.As(err, &host), errors.As(err, &invalid):
		return fmt.Errorf("%w: %w", capture.ErrTLS, errors.Unwrap(err))
	case errors.As(err, &record), strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		return fmt.Errorf("%w: the camera speaks plain HTTP: write http://", capture.ErrTLS)
	case errors.As(err, &name):
		return fmt.Errorf("%w: %s", capture.ErrDNS, name.Name)
	case errors.As(err, &operation) && operation.Op == "dial" && errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Errorf("%w: %w: is the camera on, and the port right?", capture.ErrRefused, operation.Err)
	case errors.As(err, &operation) && operation.Op == "dial":
		return fmt.Errorf("%w: %w: is the camera on, and the port right?", capture.ErrUnreachable, operation.Err)
	case errors.Is(err, io.EOF), errors.As(err, &operation):
		return fmt.Errorf("%w before it answered", capture.ErrEnded)
	default:
		return fmt.Errorf("%w: %w", capture.ErrProtocol, errors.Unwrap(err))
	}
}

// Open asks the address and tells by the answer what kind of source it is.
func Open(ctx context.Context, address string, o Options) (capture.Source, error) {
	if o.OpenTimeout == 0 {
		o.OpenTimeout = 10 * time.Second
	}
	if o.ReadTimeout == 0 {
		o.ReadTimeout = 5 * time.Second
	}
	if o.FPS == 0 {
		o.FPS = 1
	}
	c, err := newClient(address)
	if err != nil {
		return nil, err
	}
	s, err := open(ctx, c, o)
	if err != nil {
		c.close()
		return nil, fmt.Errorf("open camera %s: %w", c.shown, err)
	}
	return s, nil
}

func open(ctx context.Context, c *client, o Options) (capture.Source, error) {
	// The request's context lives as long as the stream does.
	streamCtx, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	var (
		answer *http.Response
		p      *parts
	)
	_, err := within(ctx, cancel, o.OpenTimeout, func() (_ struct{}, err error) {
		if answer, err = c.ask(streamCtx); err != nil { //nolint:bodyclose // by the stream, or below
			return
		}
		p = &parts{body: answer.Body, declared: boundary(answer.Header.Get("Content-Type"))}
		if strings.HasPrefix(kindOf(answer), "multipart/") {
			return // its first picture may take its time
		}
		for err == nil && p.to < sniffed {
			err = p.fill()
		}
		if errors.Is(err, capture.ErrEnded) {
			err = nil // a short answer is looked at, too
		}
		return
	})
	if err != nil {
		if answer != nil {
			_ = answer.Body.Close()
		}
		cancel(nil)
		switch {
		case ctx.Err() != nil:
			return nil, context.Cause(ctx)
		case answer != nil && errors.Is(context.Cause(streamCtx), capture.ErrTimeout):
			return nil, fmt.Errorf("%w: it answers, and sends no picture within %v", capture.ErrTimeout, o.OpenTimeout)
		}
		return nil, err
	}
	kind, first := kindOf(answer), p.rest()
	looks := looksLike(first)
	switch {
	case strings.HasPrefix(kind, "multipart/"), looks == aStream, looks == aPicture && answer.ContentLength < 0 && !strings.HasPrefix(kind, "image/"):
		return newStream(c, answer.Body, p, cancel, o), nil
	case looks == aPicture, strings.HasPrefix(kind, "image/"):
		_ = answer.Body.Close()
		cancel(nil)
		return newSnapshots(c, o), nil
	}
	_ = answer.Body.Close()
	cancel(nil)
	if looks == aVideo || strings.HasPrefix(kind, "video/") || strings.Contains(kind, "mpegurl") || kind == "application/octet-stream" && looks != aPage {
		return nil, fmt.Errorf("%w (%s)", ErrVideo, kind)
	}
	return nil, noCamera(answer.Header.Get("Content-Type"), first)
}

// within runs a call whose context cancel ends, until limit or ctx is over.
func within[T any](ctx context.Context, cancel context.CancelCauseFunc, limit time.Duration, call func() (T, error)) (T, error) {
	timer := time.AfterFunc(limit, func() { cancel(capture.ErrTimeout) })
	defer timer.Stop()
	defer context.AfterFunc(ctx, func() { cancel(context.Cause(ctx)) })()
	return call()
}
