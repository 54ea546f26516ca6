package digestauth

import (
	"errors"
	"net/http"
	"testing"

	"github.com/icholy/digest"
)

func TestFind(t *testing.T) {
	for name, tc := range map[string]struct {
		lines []string
		want  string // algorithm
	}{
		"none":                {nil, "-"},
		"basic":               {[]string{`Basic realm="c"`}, "-"},
		"without algorithm":   {[]string{`Digest realm="c", nonce="n"`}, ""},
		"in lower case":       {[]string{`digest realm="c", nonce="n", algorithm=md5`}, "md5"},
		"session":             {[]string{`Digest realm="c", nonce="n", algorithm=MD5-sess, qop="auth"`}, "MD5-sess"},
		"first that is known": {[]string{`Digest realm="c", nonce="n", algorithm=SHA3-256`, `Digest realm="c", nonce="n", algorithm=SHA-256, qop="auth"`}, "SHA-256"},
		"behind basic":        {[]string{`Basic realm="a, b", Digest realm="c", nonce="n", algorithm=SHA-256-sess, qop="auth"`}, "SHA-256-sess"},
		"two in a line":       {[]string{`Digest realm="c", nonce="n", algorithm=SHA3-256, Digest realm="c", nonce="m", algorithm=MD5`}, "MD5"},
	} {
		h := http.Header{"Www-Authenticate": tc.lines}
		got, err := Find(h)
		if tc.want == "-" {
			if !errors.Is(err, digest.ErrNoChallenge) {
				t.Errorf("%s: got %v, %v; want %v", name, got, err, digest.ErrNoChallenge)
			}
		} else if err != nil || got.Algorithm != tc.want || got.Realm != "c" {
			t.Errorf("%s: got %+v, %v; want algorithm %q", name, got, err, tc.want)
		}
	}
}

// The example of RFC 7616, section 3.9.1, and its session variants by hand:
// printf %s "$(printf %s user:realm:password | md5sum | cut -c1-32):nonce:cnonce" | md5sum …
func TestRespond(t *testing.T) {
	c := digest.Challenge{Realm: "http-auth@example.org", Nonce: "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", QOP: []string{"auth"}}
	o := digest.Options{Method: "GET", URI: "/dir/index.html", Username: "Mufasa", Password: "Circle of Life", Cnonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", Count: 1}
	for algorithm, want := range map[string]string{
		"MD5": "8ca523f5e9506fed4657c9700eebdbec", "SHA-256": "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
		"MD5-sess": "e783283f46242139c486a698fec7211d", "SHA-256-sess": "2fd51b3a77ad75bad6afad6003e818d767133c46d9e2749e7f5232ae1ea3efd7",
	} {
		c.Algorithm = algorithm
		got, err := Respond(&c, o)
		if err != nil || got.Response != want || got.Algorithm != algorithm || got.Cnonce != o.Cnonce {
			t.Errorf("%s: got %+v, %v; want %s", algorithm, got, err, want)
		}
	}
}
