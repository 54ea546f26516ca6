package config

import "testing"

func TestListen(t *testing.T) {
	for text, want := range map[string]Listen{
		"": {}, ":8080": {"", "8080"}, "127.0.0.1:0": {"127.0.0.1", "0"}, "[::1]:502": {"::1", "502"}, "localhost:http": {"localhost", "http"},
	} {
		l, err := ParseListen(text)
		if err != nil || l != want || l.String() != text || l.On() != (text != "") {
			t.Errorf("%q: got %+v, %q, %v, want %+v", text, l, l, err, want)
		}
		if again, err := l.MarshalText(); err != nil || string(again) != text {
			t.Errorf("%q is marshalled as %q, %v", text, again, err)
		}
	}
	for text, want := range map[string]string{
		"502":         `must be host:port, such as 127.0.0.1:502, or empty (got "502")`,
		"70000":       `must be host:port, such as 127.0.0.1:8080, or empty (got "70000")`,
		"::1:80":      `must be host:port, such as 127.0.0.1:8080, or empty (got "::1:80")`,
		"host:":       `must be host:port, such as 127.0.0.1:8080, or empty (got "host:")`,
		"host:-1":     `must have a port from 0 to 65535 (got "host:-1")`,
		"host:nobody": `must have a port from 0 to 65535 (got "host:nobody")`,
	} {
		if _, err := ParseListen(text); err == nil || err.Error() != want {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
	for text, want := range map[string]bool{"127.0.0.1:1": true, "[::1]:1": true, "localhost:1": true, ":1": false, "0.0.0.0:1": false, "cam:1": false, "": false} {
		if l, err := ParseListen(text); err != nil || l.Loopback() != want {
			t.Errorf("%q: loopback %t, %v, want %t", text, l.Loopback(), err, want)
		}
	}
}
