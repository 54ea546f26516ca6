// Package digestauth answers challenges of Digest authentication as cameras send
// them, over HTTP and RTSP.
//
//	challenge, err := digestauth.Find(header)
//	credentials, err := digestauth.Respond(challenge, digest.Options{…})
//
// The work is done by icholy/digest, which is kept and covers RFC 7616 but for the
// session variants of its algorithms, and finds no challenge that shares a line with
// another. Both are common in cameras, and added here by its own hooks. Go's
// standard library has no Digest.
//
// Safe for concurrent use.
package digestauth
