package outbox

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pristine/events"
)

// A hub and a leaf node started from deploy/nats as it stands: what an agent
// brings to the leaf, also while no hub can be reached, comes to the hub with
// its evidence, once and in order.
func TestTheDeployedLeafBringsEventsToTheHub(t *testing.T) {
	dir := t.TempDir()
	cert, key := certificate(t, dir)
	for name, value := range map[string]string{"HUB_CERT": cert, "HUB_KEY": key, "HUB_CA": cert, "HUB_DATA": filepath.Join(dir, "hub"), "LEAF_DATA": filepath.Join(dir, "leaf"),
		"WATCHER_PASSWORD": "w-secret", "OPERATOR_PASSWORD": "o-secret", "STATION_1_PASSWORD": "s1", "STATION_2_PASSWORD": "s2", "STATION_3_PASSWORD": "s3",
		"LEAF_PASSWORD": "l-secret", "AGENT_PASSWORD": "a-secret"} {
		t.Setenv(name, value)
	}
	hub := deployed(t, "hub-leaf.conf")
	url := fmt.Sprintf("tls://127.0.0.1:%d", hub.Addr().(*net.TCPAddr).Port)
	// The link goes over a proxy that lets nothing through at first.
	state, err := hub.Varz(nil)
	if err != nil {
		t.Fatal(err)
	}
	link := newProxy(t, fmt.Sprintf("127.0.0.1:%d", state.LeafNode.Port))
	link.mode.Store(stall)
	t.Setenv("HUB_LEAF_URL", "tls://line-1:l-secret@"+strings.TrimPrefix(link.url(), "nats://"))
	leaf := deployed(t, "leaf.conf")
	as := func(url, user, password, ca string) events.Hub {
		h := events.Hub{URL: url, CAFile: ca, UserFile: filepath.Join(dir, user+".user"), PasswordFile: filepath.Join(dir, user+".password")}
		for file, text := range map[string]string{h.UserFile: user, h.PasswordFile: password} {
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		return h
	}
	s := openStore(t, Options{Dir: t.TempDir()})
	forward(t, s, ForwardOptions{Hub: as(leaf.ClientURL(), "agent", "a-secret", "")})
	part := 0
	add := func() {
		for range 10 {
			evidence, err := s.PutEvidence(context.Background(), "FAIL", bytesOf(20<<10))
			if err != nil {
				t.Fatal(err)
			}
			appendResult(t, s, part, "FAIL", evidence)
			part++
		}
		drained(t, s)
	}
	add() // the leaf has them, the hub cannot
	link.mode.Store(pass)
	link.reset()
	eventually(t, "the leaf is linked", func() bool { return hub.NumLeafNodes() > 0 })
	cli, err := filepath.Abs("../../.deps/bin/nats")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"leaf-events.json", "leaf-evidence.json"} {
		add := exec.Command(cli, "--server", url, "--tlsca", cert, "--user", "operator", "--password", "o-secret", "stream", "add", "--config", "../../deploy/nats/"+file)
		add.Env = append(os.Environ(), "HOME="+dir)
		if out, err := add.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v: %s", file, err, out)
		}
	}
	add()
	watcher := as(url, "watcher", "w-secret", cert)
	watcher.InboxPrefix = "_INBOX.watcher"
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	next := 0
	report, err := events.Subscribe(ctx, watcher, events.SubscribeOptions{All: true}, func(r events.Received) error {
		result, err := r.Result()
		if err != nil || result.Part != fmt.Sprint(next) {
			return fmt.Errorf("part %d: %+v, %w", next, result, err)
		}
		if next++; next == part {
			cancel()
		}
		return nil
	})
	if err != nil || next != part || report.Missing+report.Duplicates+report.OutOfOrder+report.Refused != 0 {
		t.Fatalf("%d events of %d, %+v, %v", next, part, report, err)
	}
	reader, err := events.OpenEvidence(context.Background(), watcher)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	last := appendedEvidence(t, s)
	eventually(t, "the last picture is at the hub", func() bool { _, err := reader.Fetch(context.Background(), last); return err == nil })
}

// appendedEvidence appends a result, and gives its evidence.
func appendedEvidence(t *testing.T, s *Store) *events.Evidence {
	t.Helper()
	evidence, err := s.PutEvidence(context.Background(), "FAIL", bytesOf(30<<10))
	if err != nil {
		t.Fatal(err)
	}
	appendResult(t, s, 0, "FAIL", evidence)
	return evidence
}
