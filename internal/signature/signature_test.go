package signature

import (
	"bytes"
	"crypto/rand"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"aead.dev/minisign"

	"pristine/internal/need"
)

func key(t *testing.T) (public string, private minisign.PrivateKey) {
	t.Helper()
	p, private, err := minisign.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return p.String(), private
}

func TestCheck_EveryRefusalHasItsWords(t *testing.T) {
	public, private := key(t)
	_, stranger := key(t)
	keys, err := Trust([]string{public})
	if err != nil {
		t.Fatal(err)
	}
	data := []byte("name: part\nobject: part\n")
	good := minisign.Sign(private, data)
	comment := bytes.Replace(good, []byte("trusted comment: "), []byte("trusted comment: a newer one, "), 2)
	for _, one := range []struct {
		name            string
		data, signature []byte
		want            error
		remedy          string
	}{
		{"right", data, good, nil, ""},
		{"right, an older version that was signed once", []byte("name: old\n"), minisign.SignWithComments(private, []byte("name: old\n"), "version 1", ""), nil, ""},
		{"none", data, nil, ErrMissing, "minisign -S -m FILE"},
		{"tampered file", append(bytes.Clone(data), '#'), good, ErrChanged, "restore the file"},
		{"tampered trusted comment", data, comment, ErrChanged, "sign it again"},
		{"wrong key", data, minisign.Sign(stranger, data), ErrUnknownKey, "security.trusted_keys"},
		{"truncated", data, good[:len(good)-40], ErrMalformed, "copy the whole"},
		{"half", data, good[:len(good)/2], ErrMalformed, "copy the whole"},
		{"no signature at all", data, []byte("hello"), ErrMalformed, "copy the whole"},
	} {
		err := keys.Check("part.yaml", one.data, one.signature)
		if !errors.Is(err, one.want) || err != nil && (!strings.Contains(err.Error(), "part.yaml") || !strings.Contains(err.Error(), one.remedy)) {
			t.Errorf("%s: %v, want %v with %q", one.name, err, one.want, one.remedy)
		}
	}
	var nobody *Keys
	if err := nobody.Check("part.yaml", data, good); !errors.Is(err, ErrUnknownKey) {
		t.Errorf("nil keys: %v", err)
	}
}

// What Debian's minisign signs is accepted, with its key from a file and in text.
func TestCheckFile_MinisignItself(t *testing.T) {
	if _, err := exec.LookPath("minisign"); err != nil {
		need.Missing(t, "minisign: %v", err)
	}
	dir := t.TempDir()
	file, public, secret := filepath.Join(dir, "part.yaml"), filepath.Join(dir, "plant.pub"), filepath.Join(dir, "plant.key")
	data := []byte("name: part\n")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, arguments := range [][]string{{"-G", "-W", "-p", public, "-s", secret}, {"-S", "-s", secret, "-m", file}} {
		if out, err := exec.Command("minisign", arguments...).CombinedOutput(); err != nil {
			t.Fatalf("minisign %v: %v: %s", arguments, err, out)
		}
	}
	text, err := os.ReadFile(public)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range []string{public, strings.Split(string(text), "\n")[1]} {
		keys, err := Trust([]string{entry})
		if err != nil {
			t.Fatal(err)
		}
		if err := keys.CheckFile(file, data); err != nil {
			t.Error(err)
		}
		if err := keys.CheckFile(file, []byte("name: other\n")); !errors.Is(err, ErrChanged) {
			t.Errorf("another file: %v", err)
		}
		if err := keys.CheckFile(public, text); !errors.Is(err, ErrMissing) {
			t.Errorf("without a signature: %v", err)
		}
	}
	if err := os.WriteFile(file+Suffix, make([]byte, maxBytes+1), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadFile(file); !errors.Is(err, ErrMalformed) {
		t.Errorf("a signature that is too large: %v", err)
	}
	if _, err := Trust([]string{secret}); err == nil {
		t.Error("a secret key is trusted as a public one")
	}
}

func FuzzDetach(f *testing.F) {
	f.Add([]byte("name: part\n"), []byte("a\nb\n"))
	f.Add([]byte("name: part"), []byte("untrusted comment: x\r\nRWQ\ntrusted comment: y\nz"))
	f.Add([]byte("# minisig: a\n# minisig: b\n"), []byte(""))
	f.Fuzz(func(t *testing.T, set, signature []byte) {
		if plain, _ := Detach(set); !bytes.Equal(plain, set) || len(bytes.TrimSpace(signature)) == 0 || bytes.ContainsAny(signature, "\r") || signature[0] == '\n' {
			return
		}
		got, s := Detach(Attach(set, signature))
		if !bytes.Equal(got, set) || !bytes.Equal(bytes.TrimRight(s, "\n"), bytes.TrimRight(signature, "\n")) {
			t.Errorf("%q with %q becomes %q and %q", set, signature, got, s)
		}
	})
}
