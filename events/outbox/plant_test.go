package outbox

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nats-io/nats-server/v2/server"

	"pristine/events"
	"pristine/events/testhub"
)

// plant is a hub that was started from deploy/nats as it stands.
type plant struct {
	t              *testing.T
	dir, cert, url string
	hub            *server.Server
}

// secrets are the passwords of its users.
var secrets = map[string]string{
	"operator": "o-secret", "watcher": "w-secret", "station-1": "s1-secret", "station-2": "s2-secret", "station-3": "s3-secret",
	"line-1": "l-secret", "agent": "a-secret", // a leaf node's at the hub, and its agents' at the leaf
}

func newPlant(t *testing.T, configuration string) *plant {
	t.Helper()
	p := &plant{t: t, dir: t.TempDir()}
	cert, key := testhub.Certificate(t, p.dir)
	for name, value := range map[string]string{
		"HUB_CERT": cert, "HUB_KEY": key, "HUB_CA": cert, "HUB_DATA": filepath.Join(p.dir, "hub"), "LEAF_DATA": filepath.Join(p.dir, "leaf"),
		"WATCHER_PASSWORD": secrets["watcher"], "OPERATOR_PASSWORD": secrets["operator"], "LEAF_PASSWORD": secrets["line-1"], "AGENT_PASSWORD": secrets["agent"],
		"STATION_1_PASSWORD": secrets["station-1"], "STATION_2_PASSWORD": secrets["station-2"], "STATION_3_PASSWORD": secrets["station-3"],
	} {
		t.Setenv(name, value)
	}
	p.cert, p.hub = cert, deployed(t, configuration)
	p.url = fmt.Sprintf("tls://127.0.0.1:%d", p.hub.Addr().(*net.TCPAddr).Port)
	return p
}

// leafAddress is where the hub takes leaf nodes.
func (p *plant) leafAddress() string {
	p.t.Helper()
	state, err := p.hub.Varz(nil)
	if err != nil {
		p.t.Fatal(err)
	}
	return fmt.Sprintf("127.0.0.1:%d", state.LeafNode.Port)
}

// leaf starts a line's leaf node that reaches the hub at an address.
func (p *plant) leaf(address string) *server.Server {
	p.t.Helper()
	p.t.Setenv("HUB_LEAF_URL", fmt.Sprintf("tls://line-1:%s@%s", secrets["line-1"], address))
	return deployed(p.t, "leaf.conf")
}

func (p *plant) linked() {
	p.t.Helper()
	eventually(p.t, "the leaf is linked", func() bool { return p.hub.NumLeafNodes() > 0 })
}

// operate runs a program as the operator at the hub.
func (p *plant) operate(program string, arguments ...string) {
	p.t.Helper()
	cli := p.cli()
	if program == "nats" {
		program = cli
	}
	c := exec.Command(program, append([]string{"--server", p.url, "--tlsca", p.cert, "--user", "operator", "--password", secrets["operator"]}, arguments...)...)
	c.Env = append(os.Environ(), "NATS="+cli, "HOME="+p.dir, "EVIDENCE_SIZE=100MB")
	if out, err := c.CombinedOutput(); err != nil {
		p.t.Fatalf("%s %q: %v: %s", program, arguments, err, out[max(0, len(out)-400):])
	}
}

func (p *plant) cli() string {
	p.t.Helper()
	cli, err := filepath.Abs("../../.deps/bin/nats")
	if err == nil {
		_, err = os.Stat(cli)
	}
	if err != nil {
		p.t.Fatalf("%v: run scripts/setup.sh test", err)
	}
	return cli
}

// as is a user's way to a server of the plant, with the inbox that is theirs.
func (p *plant) as(url, user string) events.Hub { return p.with(url, user, secrets[user]) }

// with is as, with any password.
func (p *plant) with(url, user, password string) events.Hub {
	p.t.Helper()
	h := events.Hub{URL: url, UserFile: filepath.Join(p.dir, user+".user"), PasswordFile: filepath.Join(p.dir, user+".password")}
	for file, text := range map[string]string{h.UserFile: user, h.PasswordFile: password} {
		if err := os.WriteFile(file, []byte(text+"\n"), 0o600); err != nil {
			p.t.Fatal(err)
		}
	}
	if strings.HasPrefix(url, "tls:") {
		h.CAFile = p.cert
	}
	switch {
	case user == "watcher":
		h.InboxPrefix = "_INBOX." + user
	case strings.HasPrefix(user, "station-"):
		h.InboxPrefix = events.Station{Site: "plant", Line: "line-1", Name: user}.InboxPrefix()
	}
	return h
}
