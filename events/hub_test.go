package events_test

import (
	"crypto/tls"
	"crypto/x509"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nkeys"

	"pristine/events"
	"pristine/events/natsserver"
	"pristine/events/testhub"
)

func startServer(t *testing.T, o *server.Options) string {
	t.Helper()
	o.Host, o.Port, o.NoLog, o.NoSigs = "127.0.0.1", server.RANDOM_PORT, true, true
	s, err := server.NewServer(o)
	if err != nil {
		t.Fatal(err)
	}
	go s.Start()
	if !s.ReadyForConnections(30 * time.Second) {
		t.Fatal("the server does not start")
	}
	t.Cleanup(func() { natsserver.Stop(s) })
	return s.ClientURL()
}

func write(t *testing.T, name string, text []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// user makes a key of a user, and returns it with its public part and its seed.
func user(t *testing.T) (pair nkeys.KeyPair, public string, seed []byte) {
	t.Helper()
	pair, err := nkeys.CreateUser()
	if err != nil {
		t.Fatal(err)
	}
	public, _ = pair.PublicKey()
	seed, _ = pair.Seed()
	return pair, public, seed
}

// admits requires that the hub lets the good one in and the bad one not, and
// that the error holds no secret.
func admits(t *testing.T, good, bad events.Hub, secrets ...string) {
	t.Helper()
	conn, err := good.Connect(false)
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
	_, err = bad.Connect(false)
	if err == nil {
		t.Fatal("it was let in with the wrong credentials")
	}
	for _, secret := range secrets {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("a secret stands in %q", err)
		}
	}
}

func TestAnNkeyIsAccepted(t *testing.T) {
	_, public, seed := user(t)
	_, _, other := user(t)
	url := startServer(t, &server.Options{Nkeys: []*server.NkeyUser{{Nkey: public}}})
	admits(t, events.Hub{URL: url, NkeyFile: write(t, "seed", seed)}, events.Hub{URL: url, NkeyFile: write(t, "other", other)}, string(other))
	admits(t, events.Hub{URL: url, NkeyFile: write(t, "seed", seed)}, events.Hub{URL: url, NkeyFile: write(t, "broken", other[:20])}, string(other[:20]))
}

func TestAUserAndPasswordAreAccepted(t *testing.T) {
	url := startServer(t, &server.Options{Username: "u", Password: "right-password"})
	name := write(t, "user", []byte("u\n"))
	admits(t, events.Hub{URL: url, UserFile: name, PasswordFile: write(t, "password", []byte("right-password\n"))},
		events.Hub{URL: url, UserFile: name, PasswordFile: write(t, "password", []byte("wrong-password"))}, "wrong-password")
	admits(t, events.Hub{URL: url, UserFile: name, PasswordFile: write(t, "password", []byte("right-password\n"))},
		events.Hub{URL: strings.Replace(url, "//", "//u:in-the-address@", 1)}, "in-the-address")
	for _, address := range []string{"nats://127.0.0.1:1,nats://u:in-the-address@127.0.0.1:1", "nats://in-the-address@127.0.0.1:1"} {
		if _, err := (&events.Hub{URL: address}).Connect(false); err == nil || strings.Contains(err.Error(), "in-the-address") {
			t.Errorf("connect to a closed port gave %v, want an error without the secret", err)
		}
	}
	for name, hub := range map[string]events.Hub{
		"missing": {URL: url, UserFile: name, PasswordFile: "nowhere"}, "empty": {URL: url, UserFile: name, PasswordFile: write(t, "password", nil)}, "no creds": {URL: url, CredsFile: "nowhere"},
	} {
		if _, err := hub.Connect(true); err == nil || !strings.Contains(err.Error(), "credentials") {
			t.Errorf("%s gave %v", name, err)
		}
	}
}

func TestACredsFileIsAccepted(t *testing.T) {
	operator, _ := nkeys.CreateOperator()
	account, _ := nkeys.CreateAccount()
	operatorID, _ := operator.PublicKey()
	accountID, _ := account.PublicKey()
	claims := jwt.NewAccountClaims(accountID)
	token, err := claims.Encode(operator)
	if err != nil {
		t.Fatal(err)
	}
	resolver := &server.MemAccResolver{}
	if err := resolver.Store(accountID, token); err != nil {
		t.Fatal(err)
	}
	trusted := jwt.NewOperatorClaims(operatorID)
	url := startServer(t, &server.Options{TrustedOperators: []*jwt.OperatorClaims{trusted}, AccountResolver: resolver})
	creds := func(signer nkeys.KeyPair) (string, string) {
		_, public, seed := user(t)
		token, err := jwt.NewUserClaims(public).Encode(signer)
		if err != nil {
			t.Fatal(err)
		}
		text, err := jwt.FormatUserConfig(token, seed)
		if err != nil {
			t.Fatal(err)
		}
		return write(t, "user.creds", text), string(seed)
	}
	good, _ := creds(account)
	stranger, _ := nkeys.CreateAccount()
	bad, seed := creds(stranger)
	admits(t, events.Hub{URL: url, CredsFile: good}, events.Hub{URL: url, CredsFile: bad}, seed)
}

func TestMutualTLSIsAccepted(t *testing.T) {
	pair := func() (cert, key string, loaded tls.Certificate, pool *x509.CertPool) {
		cert, key = testhub.Certificate(t, t.TempDir())
		loaded, err := tls.LoadX509KeyPair(cert, key)
		if err != nil {
			t.Fatal(err)
		}
		pool = x509.NewCertPool()
		pool.AddCert(loaded.Leaf)
		return cert, key, loaded, pool
	}
	ca, _, hub, _ := pair()
	cert, key, _, clients := pair()
	stranger, strangerKey, _, _ := pair()
	url := startServer(t, &server.Options{TLS: true, TLSVerify: true, TLSTimeout: 10, TLSConfig: &tls.Config{
		Certificates: []tls.Certificate{hub}, ClientCAs: clients, ClientAuth: tls.RequireAndVerifyClientCert, MinVersion: tls.VersionTLS12,
	}})
	good := events.Hub{URL: url, CAFile: ca, CertFile: cert, KeyFile: key}
	admits(t, good, events.Hub{URL: url, CAFile: ca, CertFile: stranger, KeyFile: strangerKey})
	admits(t, good, events.Hub{URL: url, CAFile: ca})
	admits(t, good, events.Hub{URL: url, CertFile: cert, KeyFile: key})
}
