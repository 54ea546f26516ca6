package check

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"

	"pristine/internal/config"

	"golang.org/x/sys/unix"
)

// bundleKeys name those of config.Model.Bundles.
var bundleKeys = [2]string{"model.bundle", "model.references"}

func (c *checker) model() {
	if m := c.config.Model; c.options.Bundles != nil {
		err, key := c.options.Bundles(m.Bundle, ""), bundleKeys[0]
		if err == nil && m.References != "" {
			err, key = c.options.Bundles(m.Bundle, m.References), bundleKeys[1]
		}
		if err != nil {
			c.stop(BundleUnusable, key, "%v", err)
		}
	}
	c.writable("model.cache_dir", c.config.Model.CacheDir)
}

func (c *checker) store() {
	c.writable("events.dir", c.config.Events.Dir)
	if h := c.config.History; h.Dir != "" && h.MaxBytes > 0 {
		c.writable("history.dir", h.Dir)
	}
	p := &c.config.Profiling
	c.secret("profiling.user_file", p.UserFile, true)
	c.secret("profiling.password_file", p.PasswordFile, true)
	t := &c.config.Tracing
	c.secret("tracing.user_file", t.UserFile, true)
	c.secret("tracing.password_file", t.PasswordFile, true)
}

func (c *checker) hub() {
	h := &c.config.Events.Hub
	for key, file := range map[string]string{"creds_file": h.CredsFile, "nkey_file": h.NkeyFile, "user_file": h.UserFile, "password_file": h.PasswordFile} {
		c.secret("events.hub."+key, file, false)
	}
	if h.CAFile != "" {
		if pem, err := os.ReadFile(h.CAFile); err != nil {
			c.fail(HubCertificate, "events.hub.ca_file", "%s", missing(err))
		} else if !x509.NewCertPool().AppendCertsFromPEM(pem) {
			c.fail(HubCertificate, "events.hub.ca_file", "%s holds no certificate in PEM", h.CAFile)
		}
	}
	if h.CertFile != "" {
		if _, err := tls.LoadX509KeyPair(h.CertFile, h.KeyFile); err != nil {
			c.fail(HubCertificate, "events.hub.cert_file", "%v", err)
		}
	}
	if h.URL == "" && h.CredsFile+h.NkeyFile+h.UserFile != "" {
		c.warn(HubUnused, "events.hub.url", "is empty, so that the credentials below it are not used: write the hub's address")
	}
}

// secret checks a file with a user, a password or a key.
func (c *checker) secret(key, file string, stops bool) {
	if file == "" {
		return
	}
	data, err := os.ReadFile(file)
	switch {
	case err != nil && stops:
		c.stop(SecretMissing, key, "%s", missing(err))
	case err != nil:
		c.fail(SecretMissing, key, "%s", missing(err))
	case strings.TrimSpace(string(data)) == "":
		c.fail(SecretEmpty, key, "%s is empty", file)
	default:
		if info, err := os.Stat(file); err == nil && info.Mode().Perm()&0o004 != 0 {
			c.warn(SecretReadable, key, "every user of this machine can read %s: chmod o-r %s", file, file)
		}
	}
}

// writable checks a folder that the agent writes to, and creates where it does not
// exist.
func (c *checker) writable(key, dir string) {
	if c.options.Starting {
		return // a disk that comes back is no mistake in the configuration
	}
	at, err := filepath.Abs(dir)
	if err != nil {
		c.stop(FolderUnusable, key, "%v", err)
		return
	}
	for {
		info, err := os.Stat(at)
		if err == nil && !info.IsDir() {
			c.stop(FolderIsFile, key, "%s is a file: name a folder", at)
			return
		}
		if err == nil {
			break
		}
		if !errors.Is(err, fs.ErrNotExist) {
			c.stop(FolderUnusable, key, "%v", err)
			return
		}
		at = filepath.Dir(at)
	}
	if err := unix.Access(at, unix.W_OK|unix.X_OK); err == nil {
		return
	} else if !errors.Is(err, unix.EACCES) {
		c.stop(FolderUnwritable, key, "cannot write to %s: %v: name a folder that the agent may write to", at, err)
		return
	}
	var stat unix.Stat_t
	if err := unix.Stat(at, &stat); err == nil && int(stat.Uid) != os.Geteuid() {
		c.warn(FolderOfOther, key, "this user may not write to %s, which belongs to user %d: check as the user that runs the agent", at, stat.Uid)
		return
	}
	c.stop(FolderUnwritable, key, "cannot write to %s: chmod u+w %s", at, at)
}

// listen checks that the agent can listen on its ports.
func (c *checker) listen() {
	for _, p := range []struct {
		key     string
		address config.Listen
	}{
		{"events.listen", c.config.Events.Listen}, {"http.listen", c.config.HTTP.Listen}, {"modbus.listen", c.config.Modbus.Listen},
	} {
		if !p.address.On() {
			continue
		}
		port := p.address.Port
		if other := c.ports[port]; other != "" && port != "0" {
			c.stop(PortShared, p.key, "%s has port %s, too: give each its own", other, port)
			continue
		}
		c.ports[port] = p.key
		listener, err := net.Listen("tcp", p.address.String())
		switch {
		case errors.Is(err, unix.EADDRINUSE):
			c.warn(PortInUse, p.key, "%s is in use: by this agent, if it runs already, else by another program: ss -ltnp 'sport = :%s' shows it", p.address, port)
		case err != nil:
			c.stop(PortUnusable, p.key, "%v", err)
		default:
			_ = listener.Close()
		}
	}
}

// missing shortens an error about a file, and names the remedy.
func missing(err error) string {
	var path *fs.PathError
	switch {
	case errors.As(err, &path) && errors.Is(err, fs.ErrNotExist):
		return path.Path + " is not there: a path is relative to the configuration's folder"
	case errors.As(err, &path) && errors.Is(err, fs.ErrPermission):
		return fmt.Sprintf("this user may not read %s: check as the user that runs the agent", path.Path)
	default:
		return err.Error()
	}
}
