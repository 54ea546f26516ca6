package config

import (
	"fmt"
	"net"
	"strconv"
)

// Listen is an address that a server listens on. The zero Listen is none.
type Listen struct {
	Host string // a name or an IP address; "": every address of the machine
	Port string // a number from 0 to 65535, 0 for any that is free, or the name of a service
}

// ParseListen reads host:port; an empty text is none.
func ParseListen(text string) (Listen, error) {
	if text == "" {
		return Listen{}, nil
	}
	host, port, err := net.SplitHostPort(text)
	if err != nil || port == "" {
		return Listen{}, fmt.Errorf("must be host:port, such as %s, or empty (got %q)", example(text), text)
	}
	if _, err := net.LookupPort("tcp", port); err != nil {
		return Listen{}, fmt.Errorf("must have a port from 0 to 65535 (got %q)", text)
	}
	return Listen{host, port}, nil
}

// example returns an address that may be meant by one that cannot be read.
func example(text string) string {
	if _, err := strconv.ParseUint(text, 10, 16); err == nil {
		return "127.0.0.1:" + text
	}
	return "127.0.0.1:8080"
}

// UnmarshalText reads an address as ParseListen does.
func (l *Listen) UnmarshalText(text []byte) (err error) {
	*l, err = ParseListen(string(text))
	return err
}

// MarshalText returns what String does.
func (l Listen) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// String returns host:port, or "" for none.
func (l Listen) String() string {
	if l == (Listen{}) {
		return ""
	}
	return net.JoinHostPort(l.Host, l.Port)
}

// On reports whether there is an address.
func (l Listen) On() bool { return l != Listen{} }

// Loopback reports whether the address is reached from this machine only.
func (l Listen) Loopback() bool {
	ip := net.ParseIP(l.Host)
	return l.Host == "localhost" || ip != nil && ip.IsLoopback()
}
