package support

import (
	"strings"
	"testing"
)

// What no file of the configuration holds is known by what stands before it.
func TestText_SignsOfSecrets(t *testing.T) {
	for _, text := range []string{
		"Authorization: Token s3cr3t", "authorization: ApiKey s3cr3t", "Proxy-Authorization: Negotiate s3cr3t",
		"Cookie: theme=dark; session=s3cr3t", "Set-Cookie: id=s3cr3t; Path=/", `{"headers": {"cookie": "a=b; c=s3cr3t"}}`,
		"X-Api-Key: s3cr3t", "api-key: s3cr3t", "AWS_SECRET_ACCESS_KEY=s3cr3t", "secret_key: s3cr3t", "client-secret-value=s3cr3t", "access_token=s3cr3t", "password_hash: s3cr3t",
		"mqtt://u:s3cr3t@h", "http://cam/x?usr=a&pwd=s3cr3t", "rtsp://cam/?user=a&amp;pass=s3cr3t", "password: 'two words s3cr3t'", `password="two words s3cr3t"`, `msg="password: \"s3cr3t\""`,
		"-----BEGIN OPENSSH PRIVATE KEY-----\ns3cr3t\n-----END OPENSSH PRIVATE KEY-----",
	} {
		if got := new(Redactor).Text(text); strings.Contains(got, "s3cr3t") {
			t.Errorf("%s became %s", text, got)
		}
	}
}

// What helps stays: names of files with secrets, counts, verdicts and errors.
func TestText_WhatHelpsStays(t *testing.T) {
	for _, text := range []string{
		"password_file: s/hub", "nats: Authorization Violation", "events.hub.creds_file: no such file", "PASS: 12, FAIL: 3", `{"pass": 12}`, "key events.hub.url is unknown",
		"pristine_verdicts_total{camera=\"a\",verdict=\"PASS\"} 12", "-p 8080 stays", "docker run -p 8080:80 -u 1000:1000 edge", "tokens: 12 of 77",
	} {
		if got := new(Redactor).Text(text); got != text {
			t.Errorf("%s became %s", text, got)
		}
	}
}
