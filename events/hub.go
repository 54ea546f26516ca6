package events

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nkeys"
)

// Hub describes the connection to a NATS server: the plant's, or an agent's own. Secrets
// are read from files at each connection attempt, and appear in no error.
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

// Connect connects, and reconnects for ever after that, also to a hub that
// refuses the user for a while. With wait it does not fail when the hub cannot be
// reached yet, but keeps trying in the background; only unreadable settings are
// an error then. Errors hold a HubError. The caller closes.
//
// An nkey is the one secret that a connection cannot exchange: it closes when the
// hub refuses the old one and the file holds another. Link and Subscribe then make
// a new one.
func (h *Hub) Connect(wait bool, more ...nats.Option) (*nats.Conn, error) {
	options, err := h.options()
	if err != nil {
		return nil, fmt.Errorf("connect to NATS at %s: %w", h.redacted(), HubCause(err))
	}
	options = append(options, nats.Name("edge"), nats.MaxReconnects(-1), nats.RetryOnFailedConnect(wait), nats.Timeout(dialLimit),
		nats.IgnoreAuthErrorAbort(), // else the client gives up when it is refused twice
		nats.ErrorHandler(h.closeStale),
		nats.ReconnectWait(500*time.Millisecond), nats.ReconnectJitter(500*time.Millisecond, time.Second), nats.ReconnectBufSize(-1))
	conn, err := nats.Connect(h.URL, append(options, more...)...)
	if err != nil {
		return nil, fmt.Errorf("connect to NATS at %s: %w", h.redacted(), HubCause(err))
	}
	return conn, nil
}

// Agent is Connect with wait: an agent starts without its hub.
func (h *Hub) Agent() (*nats.Conn, error) { return h.Connect(true) }

// JetStream returns the hub's JetStream over a connection to it.
func (h *Hub) JetStream(conn *nats.Conn) (jetstream.JetStream, error) {
	if h.Domain != "" {
		return jetstream.NewWithDomain(conn, h.Domain)
	}
	return jetstream.New(conn)
}

// ConnectJetStream is Connect without wait, and JetStream over that connection. The caller
// closes it.
func (h *Hub) ConnectJetStream(more ...nats.Option) (*nats.Conn, jetstream.JetStream, error) {
	conn, err := h.Connect(false, more...)
	if err != nil {
		return nil, nil, err
	}
	js, err := h.JetStream(conn)
	if err != nil {
		conn.Close()
		return nil, nil, fmt.Errorf("use JetStream at %s: %w", h.redacted(), HubCause(err))
	}
	return conn, js, nil
}

// redacted returns the addresses without passwords and tokens.
func (h *Hub) redacted() string {
	addresses := strings.Split(h.URL, ",")
	for i, address := range addresses {
		u, err := url.Parse(strings.TrimSpace(address))
		if err != nil {
			return "an address that cannot be read"
		}
		if u.User != nil {
			u.User = url.User("xxxxx") // a name alone is a token
		}
		addresses[i] = u.String()
	}
	return strings.Join(addresses, ",")
}

func (h *Hub) options() ([]nats.Option, error) {
	var o []nats.Option
	for _, file := range []string{h.CredsFile, h.CAFile, h.CertFile, h.KeyFile} {
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
		public, err := h.nkey()
		if err != nil {
			return nil, err
		}
		o = append(o, nats.Nkey(public, h.sign))
	}
	if h.UserFile != "" {
		if _, _, err := h.user(); err != nil {
			return nil, err
		}
		o = append(o, nats.UserInfoHandler(func() (user, password string) {
			user, password, _ = h.user() // empty while a file is being replaced: refused, and tried again
			return user, password
		}))
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

// ErrSecret is returned within an error when a file does not hold the secret
// that it should.
var ErrSecret = errors.New("no usable secret")

// user reads the name and the password.
func (h *Hub) user() (user, password string, err error) {
	if user, err = secret(h.UserFile); err == nil {
		password, err = secret(h.PasswordFile)
	}
	return user, password, err
}

// closeStale closes a connection whose nkey was replaced.
func (h *Hub) closeStale(conn *nats.Conn, _ *nats.Subscription, err error) {
	if h.NkeyFile == "" || conn == nil || !errors.Is(err, nats.ErrAuthorization) {
		return
	}
	if public, err := h.nkey(); err == nil && public != conn.Opts.Nkey {
		conn.Close()
	}
}

// nkey reads the public key of the user in NkeyFile.
func (h *Hub) nkey() (string, error) {
	pair, err := h.nkeyPair()
	if err != nil {
		return "", err
	}
	defer pair.Wipe()
	return pair.PublicKey()
}

// sign answers a server's challenge.
func (h *Hub) sign(nonce []byte) ([]byte, error) {
	pair, err := h.nkeyPair()
	if err != nil {
		return nil, err
	}
	defer pair.Wipe()
	return pair.Sign(nonce)
}

// nkeyPair reads NkeyFile; the caller wipes the pair.
func (h *Hub) nkeyPair() (nkeys.KeyPair, error) {
	text, err := os.ReadFile(h.NkeyFile)
	if err != nil {
		return nil, fmt.Errorf("read the hub's credentials: %w", err)
	}
	pair, err := nkeys.ParseDecoratedUserNKey(text)
	if err != nil { // whose text may hold the seed
		return nil, fmt.Errorf("read nkey file %s: %w: it must hold the seed of a user, which begins with SU", h.NkeyFile, ErrSecret)
	}
	return pair, nil
}

// secret reads a file of one secret.
func secret(file string) (string, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("read the hub's credentials: %w", err)
	}
	text := strings.TrimSpace(string(data))
	if text == "" {
		return "", fmt.Errorf("read the hub's credentials: %w: %s is empty", ErrSecret, file)
	}
	return text, nil
}
