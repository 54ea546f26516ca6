package agent

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"aead.dev/minisign"

	"pristine/events/control"
	"pristine/internal/config"
	"pristine/internal/problem"
	"pristine/internal/signature"
	"pristine/internal/untar"
)

// signer signs as the plant does.
type signer struct {
	t       *testing.T
	public  string
	private minisign.PrivateKey
}

func newSigner(t *testing.T) *signer {
	t.Helper()
	public, private, err := minisign.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return &signer{t, public.String(), private}
}

func (s *signer) sign(file string) {
	s.t.Helper()
	data, err := os.ReadFile(file)
	if err == nil {
		err = os.WriteFile(file+signature.Suffix, minisign.Sign(s.private, data), 0o600)
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

// carried is a set that a push carries with its signature.
func (s *signer) carried(name string) []byte {
	text := []byte("name: " + name + "\n" + plainSet)
	return signature.Attach(text, minisign.Sign(s.private, text))
}

func TestSigned_SetsInFilesAndPushed(t *testing.T) {
	plant, stranger := newSigner(t), newSigner(t)
	c, write := setFile(t)
	file := c.Cameras[0].Prompts
	c.Security = config.Security{TrustedKeys: []string{plant.public}, RequireSigned: []string{config.Sets}}
	write("first")
	if err := New(Options{Config: c, Log: discard(), Terminal: &screen{}}).Run(t.Context()); !errors.Is(err, signature.ErrMissing) {
		t.Fatalf("a start without a signature: %v", err)
	}
	plant.sign(file)
	a := start(t, c)
	a.expectSet("first", "file", 0)

	refused := func(a *running, word string) {
		t.Helper()
		a.until("the problem", func() bool {
			for _, p := range a.page().Problems {
				if p.Code == problem.SetRefused && strings.Contains(p.Text, word) {
					return true
				}
			}
			return false
		})
	}
	write("second") // its signature comes later
	refused(a, "was changed after it was signed")
	a.expectSet("first", "file", 0)
	plant.sign(file)
	a.until("the second set", func() bool { s := a.page(); return s.Cameras[0].PromptSet == "second" && len(s.Problems) == 0 })

	ctx := context.Background()
	for _, one := range []struct {
		name string
		set  []byte
		want error
	}{
		{"no signature", []byte("name: third\n" + plainSet), signature.ErrMissing},
		{"a stranger's", stranger.carried("third"), signature.ErrUnknownKey},
		{"changed", []byte(strings.Replace(string(plant.carried("third")), "cracked", "broken", 1)), signature.ErrChanged},
		{"cut off", plant.carried("third")[:len(plant.carried("third"))-30], signature.ErrMalformed},
		{"something behind the signature", append(plant.carried("third"), "arm: true\n"...), signature.ErrMissing},
	} {
		if err := (controlled{a.Agent}).Validate(ctx, "belt", one.set); !errors.Is(err, one.want) {
			t.Errorf("%s: Validate gives %v, want %v", one.name, err, one.want)
		}
		if err := (controlled{a.Agent}).Arm(ctx, "belt", control.Pushed{Revision: 7}, one.set); !errors.Is(err, one.want) {
			t.Errorf("%s: Arm gives %v, want %v", one.name, err, one.want)
		}
	}
	a.expectSet("second", "file", 0)
	if err := (controlled{a.Agent}).Arm(ctx, "belt", control.Pushed{Revision: 8, By: "anna@desk"}, plant.carried("third")); err != nil {
		t.Fatal(err)
	}
	a.expectSet("third", "push", 8)
	if err := a.end(); err != nil {
		t.Fatal(err)
	}
	a = start(t, c)
	a.expectSet("third", "push", 8)
	if err := a.end(); err != nil {
		t.Fatal(err)
	}

	// A key that is trusted no more ends what it signed.
	c.Security.TrustedKeys = []string{stranger.public}
	if err := New(Options{Config: c, Log: discard(), Terminal: &screen{}}).Run(t.Context()); !errors.Is(err, signature.ErrUnknownKey) {
		t.Fatalf("a start with sets of a key that is trusted no more: %v", err)
	}
	stranger.sign(file)
	a = start(t, c)
	a.expectSet("second", "file", 0)
	refused(a, "by a key that is not trusted")
}

// A shadow set is a set in a file like any other: it starts, and its edits take effect,
// only with a signature.
func TestSigned_ShadowSet(t *testing.T) {
	plant := newSigner(t)
	c, write := setFile(t)
	write("live")
	plant.sign(c.Cameras[0].Prompts)
	file := filepath.Join(t.TempDir(), "shadow.yaml")
	edit := func(name string) {
		t.Helper()
		if err := os.WriteFile(file, []byte("name: "+name+"\n"+plainSet), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c.Cameras[0].Shadow = file
	c.Security = config.Security{TrustedKeys: []string{plant.public}, RequireSigned: []string{config.Sets}}
	edit("first")
	if err := New(Options{Config: c, Log: discard(), Terminal: &screen{}}).Run(t.Context()); !errors.Is(err, signature.ErrMissing) {
		t.Fatalf("a start without a signature: %v", err)
	}
	plant.sign(file)
	a := start(t, c)
	a.until("the first set", func() bool { return len(a.page().Cameras) == 1 && a.cameras[0].shadow.Bank().Set.Name == "first" })
	edit("second") // its signature comes later
	a.until("the problem", func() bool {
		for _, p := range a.page().Problems {
			if strings.Contains(p.Text, "was changed after it was signed") {
				return true
			}
		}
		return a.cameras[0].shadow.Bank().Set.Name == "second"
	})
	if name := a.cameras[0].shadow.Bank().Set.Name; name != "first" {
		t.Fatalf("the shadow set is %s, which nobody signed", name)
	}
	plant.sign(file)
	a.until("the second set", func() bool {
		return a.cameras[0].shadow.Bank().Set.Name == "second" && len(a.page().Problems) == 0
	})
}

// The signature of a bundle covers its manifest, which has the hashes of its files.
func TestSigned_Bundle(t *testing.T) {
	plant := newSigner(t)
	dir := t.TempDir()
	entries, err := os.ReadDir("models/pocket")
	if err != nil {
		t.Fatal(err)
	}
	whole, err := filepath.Abs("models/pocket")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() != "bundle.yaml" {
			if err := os.Symlink(filepath.Join(whole, e.Name()), filepath.Join(dir, e.Name())); err != nil {
				t.Fatal(err)
			}
		}
	}
	manifest := filepath.Join(dir, "bundle.yaml")
	text, err := os.ReadFile(filepath.Join(whole, "bundle.yaml"))
	if err == nil {
		err = os.WriteFile(manifest, text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	c, write := setFile(t)
	write("plain")
	c.Model.Bundle, c.Security = dir, config.Security{TrustedKeys: []string{plant.public}, RequireSigned: []string{config.Bundles}}
	run := func() error {
		return New(Options{Config: c, Log: discard(), Terminal: &screen{}}).Run(t.Context())
	}
	if err := run(); !errors.Is(err, signature.ErrMissing) {
		t.Errorf("without a signature: %v", err)
	}
	plant.sign(manifest)
	if err := start(t, c).end(); err != nil {
		t.Errorf("signed: %v", err)
	}
	c.Model.References = untar.Gzip(t, "infer/testdata/patches/dinov2.tar.gz")
	if err := run(); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the references' bundle without a manifest: %v", err)
	}
	c.Model.References = ""
	if err := os.WriteFile(manifest, append(text, '\n'), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := run(); !errors.Is(err, signature.ErrChanged) {
		t.Errorf("changed: %v", err)
	}
	c.Model.Bundle = t.TempDir() // such as an export of Hugging Face, which has no manifest
	if err := run(); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("without a manifest: %v", err)
	}
}

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }
