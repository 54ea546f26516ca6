package doctor

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"os"
	"time"

	"pristine/users"
)

// access examines certificates and the users of the page.
func (e *examination) access(context.Context) {
	if e.config == nil {
		return
	}
	h := &e.config.HTTP
	if h.CertFile != "" || h.KeyFile != "" {
		if _, err := tls.LoadX509KeyPair(h.CertFile, h.KeyFile); err != nil {
			e.add("page_certificate", "http.cert_file: %v", err)
		} else {
			e.certificate("http.cert_file", h.CertFile)
		}
	}
	e.certificate("events.hub.cert_file", e.config.Events.Hub.CertFile)
	e.certificate("events.hub.ca_file", e.config.Events.Hub.CAFile)
	for _, file := range []string{h.KeyFile, e.config.Events.Hub.KeyFile, e.config.Users()} {
		if info, err := os.Stat(file); err == nil && info.Mode().Perm()&0o004 != 0 {
			e.add("secret_readable", "every user of this machine can read %s", file).Remedy = "chmod o-r " + file
		}
	}
	if !h.Listen.On() || h.Login != "always" && h.Listen.Loopback() {
		return
	}
	file := users.OpenFile(e.config.Users())
	if all, err := file.List(); err == nil && len(all) == 0 {
		e.add("users_missing", "the page at %s asks for a login, and %s has no user", h.Listen, file.Path())
	}
}

// expiring is how long before its end a certificate is reported.
const expiring = 14 * 24 * time.Hour

// certificate examines when the first certificate of a file is valid. Others report
// a file that has none.
func (e *examination) certificate(key, file string) {
	data, err := os.ReadFile(file)
	if err != nil {
		return
	}
	block, _ := pem.Decode(data)
	if block == nil {
		return
	}
	c, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return
	}
	now := e.Now()
	const day = "2006-01-02"
	switch {
	case now.After(c.NotAfter):
		e.add("certificate_expired", "%s: %s was valid until %s", key, file, c.NotAfter.Format(day))
	case now.Before(c.NotBefore):
		e.add("certificate_expired", "%s: %s is valid from %s", key, file, c.NotBefore.Format(day))
	case now.Add(expiring).After(c.NotAfter):
		e.add("certificate_expiring", "%s: %s is valid until %s", key, file, c.NotAfter.Format(day))
	}
}
