package config

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// URL is the address of an HTTP server, without user and password. The zero URL is
// none.
type URL struct{ url.URL }

// ParseURL reads an http:// or https:// URL; an empty text is none. Its errors never
// repeat the text, which may hold a password.
func ParseURL(text string) (URL, error) {
	if text == "" {
		return URL{}, nil
	}
	u, err := parseURL(text, "http", "https")
	if err != nil {
		return URL{}, err
	}
	return URL{*u}, nil
}

// UnmarshalText reads a URL as ParseURL does.
func (u *URL) UnmarshalText(text []byte) (err error) {
	*u, err = ParseURL(string(text))
	return err
}

// MarshalText returns the text that String returns.
func (u URL) MarshalText() ([]byte, error) { return []byte(u.String()), nil }

// String returns the URL, or "" for none.
func (u URL) String() string { return u.URL.String() }

// On reports whether there is a URL.
func (u URL) On() bool { return u != URL{} }

// HubURL is the address of a NATS server, or the addresses of a cluster separated by
// commas, without user and password. The empty HubURL is none.
type HubURL string

// UnmarshalText reads addresses. Its errors never repeat the text, which may hold a
// password.
func (h *HubURL) UnmarshalText(text []byte) error {
	*h = ""
	if len(text) == 0 {
		return nil
	}
	for address := range strings.SplitSeq(string(text), ",") {
		if _, err := parseURL(strings.TrimSpace(address), "nats", "tls", "ws", "wss"); err != nil {
			return err
		}
	}
	*h = HubURL(text)
	return nil
}

// MarshalText returns the addresses.
func (h HubURL) MarshalText() ([]byte, error) { return []byte(h), nil }

// On reports whether there is an address.
func (h HubURL) On() bool { return h != "" }

// parseURL reads one URL.
func parseURL(text string, schemes ...string) (*url.URL, error) {
	if strings.Contains(text, "@") { // even if the rest is not a URL
		return nil, errors.New("must not hold a user or password: put them into files of their own")
	}
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || !slices.Contains(schemes, u.Scheme) {
		return nil, fmt.Errorf("must be a URL that begins with %s://", strings.Join(schemes, ":// or "))
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return nil, errors.New("must have a port from 1 to 65535")
		}
	}
	return u, nil
}
