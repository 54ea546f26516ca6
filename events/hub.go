package events

import (
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Hub is how to reach a NATS server: the plant's, or an agent's own. Secrets
// are read from files and stand in no error.
type Hub struct {
	URL                       string
	CredsFile, NkeyFile       string
	UserFile, PasswordFile    string
	CAFile, CertFile, KeyFile string
	InboxPrefix               string // of the subjects that answers come to; "" for _INBOX, which users may share
	Domain                    string // of the JetStream that is asked; "" for that of the server
}

// dialLimit is how long one attempt to connect may take.
const dialLimit = 5 * time.Second

// Connect connects once, and reconnects for ever after that. With wait it does
// not fail when nothing answers yet, but goes on trying in the background;
// only a mistake in the settings is an error then. The caller closes.
func (h *Hub) Connect(wait bool, more ...nats.Option) (*nats.Conn, error) {
	options, err := h.options()
	if err != nil {
		return nil, err
	}
	options = append(options, nats.Name("edge"), nats.MaxReconnects(-1), nats.RetryOnFailedConnect(wait), nats.Timeout(dialLimit),
		nats.ReconnectWait(500*time.Millisecond), nats.ReconnectJitter(500*time.Millisecond, time.Second), nats.ReconnectBufSize(-1))
	conn, err := nats.Connect(h.URL, append(options, more...)...)
	if err != nil {
		return nil, fmt.Errorf("connect to NATS at %s: %w: is an agent or a server running there?", h.redacted(), err)
	}
	return conn, nil
}

// Agent is Connect with wait, as an agent does that must not depend on its hub.
func (h *Hub) Agent() (*nats.Conn, error) { return h.Connect(true) }

// JetStream gives the hub's JetStream over a connection to it.
func (h *Hub) JetStream(conn *nats.Conn) (jetstream.JetStream, error) {
	if h.Domain != "" {
		return jetstream.NewWithDomain(conn, h.Domain)
	}
	return jetstream.New(conn)
}

// redacted is the URL without its password.
func (h *Hub) redacted() string {
	u, err := url.Parse(h.URL)
	if err != nil {
		return "an address that cannot be read"
	}
	return u.Redacted()
}

func (h *Hub) options() ([]nats.Option, error) {
	var o []nats.Option
	for _, file := range []string{h.CredsFile, h.NkeyFile, h.CAFile, h.CertFile, h.KeyFile} {
		if file == "" {
			continue
		}
		if _, err := os.Stat(file); err != nil {
			return nil, fmt.Errorf("read the hub's credentials: %w", err)
		}
	}
	if h.CredsFile != "" {
		o = append(o, nats.UserCredentials(h.CredsFile))
	}
	if h.NkeyFile != "" {
		nkey, err := nats.NkeyOptionFromSeed(h.NkeyFile)
		if err != nil {
			return nil, fmt.Errorf("read nkey file %s: it must hold the seed of a user, which begins with SU", h.NkeyFile)
		}
		o = append(o, nkey)
	}
	if h.UserFile != "" {
		user, err := secret(h.UserFile)
		if err != nil {
			return nil, err
		}
		password, err := secret(h.PasswordFile)
		if err != nil {
			return nil, err
		}
		o = append(o, nats.UserInfo(user, password))
	}
	if h.CAFile != "" {
		o = append(o, nats.RootCAs(h.CAFile))
	}
	if h.InboxPrefix != "" {
		o = append(o, nats.CustomInboxPrefix(h.InboxPrefix))
	}
	if h.CertFile != "" {
		o = append(o, nats.ClientCert(h.CertFile, h.KeyFile))
	}
	return o, nil
}

// secret reads a file of one secret.
func secret(file string) (string, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("read the hub's credentials: %w", err)
	}
	text := strings.TrimSpace(string(data))
	if text == "" {
		return "", fmt.Errorf("read the hub's credentials: %s is empty", file)
	}
	return text, nil
}
