package address

import (
	"log/slog"
	"strings"

	"pristine/capture"
)

// Text returns the address as it was written, with its password. It must not be
// shown: String hides passwords.
func (a Address) Text() string { return a.text }

// String returns the address as it was written, without users, passwords and tokens.
func (a Address) String() string { return capture.Redact(a.text) }

// GoString returns what String does, for %#v.
func (a Address) GoString() string { return "address.Address(" + a.String() + ")" }

// LogValue returns what String does, for logs.
func (a Address) LogValue() slog.Value { return slog.StringValue(a.String()) }

// MarshalText returns what String does. An address with a password cannot be read
// back from it.
func (a Address) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText reads an address as Parse does.
func (a *Address) UnmarshalText(text []byte) (err error) {
	*a, err = Parse(string(text))
	return err
}

// Equal reports whether two addresses are the same, with their passwords.
func (a Address) Equal(b Address) bool { return a == b }

// IsZero reports whether the address leads nowhere.
func (a Address) IsZero() bool { return a == Address{} }

// Local reports whether the target is a path of this machine's files.
func (a Address) Local() bool { return a.Kind == File || a.Kind == Replay || a.Kind == Watch }

// OfRecording returns the address of a recording in a folder.
func OfRecording(dir string) Address {
	return Address{text: "replay://" + dir, Kind: Replay, Target: dir}
}

// WithPath returns the address of another path with the same options. The address
// must be Local.
func (a Address) WithPath(path string) Address {
	scheme, rest, found := strings.Cut(a.text, "://")
	if !found {
		a.text = path
	} else {
		a.text = scheme + "://" + path + strings.TrimPrefix(rest, a.Target)
	}
	a.Target = path
	return a
}
