package hub

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// statusError is an answer that is no success.
type statusError struct{ code int }

func (e *statusError) Error() string { return "the hub answers " + http.StatusText(e.code) }

// passing reports whether it may be otherwise in a moment.
func (e *statusError) passing() bool {
	return e.code >= 500 || e.code == http.StatusTooManyRequests || e.code == http.StatusRequestTimeout
}

// do sends a request and gives the answer if it is a success.
func (h *Hub) do(ctx context.Context, method, address string, header http.Header) (*http.Response, error) {
	return h.send(ctx, h.client, method, address, header)
}

func (h *Hub) send(ctx context.Context, client *http.Client, method, address string, header http.Header) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, method, address, nil)
	if err != nil {
		return nil, err
	}
	for key, values := range header {
		request.Header[key] = values
	}
	// Compressed answers have neither the size nor the ranges of the file.
	request.Header.Set("Accept-Encoding", "identity")
	request.Header.Set("User-Agent", "pristine-edge")
	if h.Token != "" {
		request.Header.Set("Authorization", "Bearer "+h.Token)
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, withoutQuery(err)
	}
	switch code := response.StatusCode; {
	case code < 300, code < 400 && client != h.client:
		return response, nil
	case code == http.StatusUnauthorized || code == http.StatusForbidden:
		err = fmt.Errorf("%w: set HF_TOKEN to one that may read the model, and accept its licence on its page: %w", ErrDenied, &statusError{code})
	case code == http.StatusNotFound:
		err = fmt.Errorf("%w: check the name and the revision at %s: %w", ErrAbsent, h.Endpoint, &statusError{code})
	default:
		err = &statusError{code}
	}
	response.Body.Close()
	return nil, err
}

// withoutQuery takes the query out of the address in an error: a signed
// address there is as good as a token.
func withoutQuery(err error) error {
	var failed *url.Error
	if errors.As(err, &failed) {
		failed.URL, _, _ = strings.Cut(failed.URL, "?")
	}
	return err
}

// stated is what the hub says of a file.
type stated struct {
	size int64
	etag string // SHA-256 of a large file, 64 digits; Git's SHA-1 of a small one, 40
}

// state asks for a file's size and hash. The hub's own answer has them, not
// that of the host to which it redirects.
func (h *Hub) state(ctx context.Context, address string) (stated, error) {
	home := *h.client
	home.CheckRedirect = func(next *http.Request, before []*http.Request) error {
		if next.URL.Host != before[0].URL.Host {
			return http.ErrUseLastResponse
		}
		return redirect(next, before)
	}
	response, err := h.send(ctx, &home, http.MethodHead, address, nil)
	if err != nil {
		return stated{}, err
	}
	response.Body.Close()
	s := stated{size: response.ContentLength, etag: response.Header.Get("Etag")}
	if response.StatusCode >= 300 {
		s.size = -1
	}
	if linked := response.Header.Get("X-Linked-Size"); linked != "" {
		if s.size, err = strconv.ParseInt(linked, 10, 64); err != nil {
			return stated{}, fmt.Errorf("the hub states the size %q: %w", linked, err)
		}
	}
	if linked := response.Header.Get("X-Linked-Etag"); linked != "" {
		s.etag = linked
	}
	s.etag = strings.Trim(strings.TrimPrefix(s.etag, "W/"), `"`)
	if s.size < 0 || len(s.etag) != 64 && len(s.etag) != 40 {
		return stated{}, fmt.Errorf("the hub states no size or no hash (size %d, hash %q): is HF_ENDPOINT a hub?", s.size, s.etag)
	}
	return s, nil
}
