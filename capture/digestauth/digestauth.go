package digestauth

import (
	"crypto/md5"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"hash"
	"net/http"
	"regexp"
	"strings"

	"github.com/icholy/digest"
)

// begin is where a challenge begins in a line of several.
var begin = regexp.MustCompile(`(?i)(?:^|,)\s*(digest|basic|bearer|ntlm|negotiate)(?:\s|$)`)

// Find returns the first challenge that can be answered, since cameras list them by
// preference. digest.ErrNoChallenge is returned where there is none.
func Find(h http.Header) (*digest.Challenge, error) {
	for _, line := range h.Values("WWW-Authenticate") {
		starts := begin.FindAllStringSubmatchIndex(line, -1)
		for i, start := range starts {
			end := len(line)
			if i+1 < len(starts) {
				end = starts[i+1][0]
			}
			c, err := digest.ParseChallenge(line[start[2]:end])
			if err != nil {
				continue
			}
			plain := *c
			plain.Algorithm, _ = session(c.Algorithm)
			if digest.CanDigest(&plain) {
				return c, nil
			}
		}
	}
	return nil, digest.ErrNoChallenge
}

// session cuts the suffix off an algorithm, and reports whether it had one.
func session(algorithm string) (string, bool) {
	if n := len(algorithm) - len("-sess"); n >= 0 && strings.EqualFold(algorithm[n:], "-sess") {
		return algorithm[:n], true
	}
	return algorithm, false
}

// Respond answers a challenge of Find.
func Respond(c *digest.Challenge, o digest.Options) (*digest.Credentials, error) {
	algorithm, sess := session(c.Algorithm)
	if !sess {
		return digest.Digest(c, o)
	}
	if o.Cnonce == "" {
		o.Cnonce = rand.Text()
	}
	h, err := hashOf(algorithm)
	if err != nil {
		return nil, err
	}
	// RFC 7616, section 3.4.2.
	o.A1 = sum(h, sum(h, o.Username, c.Realm, o.Password), c.Nonce, o.Cnonce)
	plain := *c
	plain.Algorithm = algorithm
	credentials, err := digest.Digest(&plain, o)
	if err != nil {
		return nil, err
	}
	credentials.Algorithm, credentials.Cnonce = c.Algorithm, o.Cnonce
	return credentials, nil
}

func hashOf(algorithm string) (hash.Hash, error) {
	switch strings.ToUpper(algorithm) {
	case "MD5":
		return md5.New(), nil
	case "SHA-256":
		return sha256.New(), nil
	case "SHA-512-256":
		return sha512.New512_256(), nil
	}
	return nil, fmt.Errorf("digest: unknown algorithm %q", algorithm)
}

func sum(h hash.Hash, parts ...string) string {
	h.Reset()
	_, _ = h.Write([]byte(strings.Join(parts, ":"))) // never fails
	return hex.EncodeToString(h.Sum(nil))
}
