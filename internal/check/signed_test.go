package check

import (
	"crypto/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"aead.dev/minisign"

	"pristine/internal/signature"
)

func TestConfiguration_Signatures(t *testing.T) {
	public, private, err := minisign.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	dir := folder(t)
	text := "security: {trusted_keys: [" + public.String() + "], require_signed: [sets]}\ncameras:\n  - {name: a, source: 'testline://', prompts: lid.yaml}\n"
	if got := found(t, dir, text, Options{}); !strings.Contains(got, "cameras[0].prompts") || !strings.Contains(got, signature.ErrMissing.Error()) {
		t.Errorf("without a signature: %s", got)
	}
	if err := os.WriteFile(filepath.Join(dir, "lid.yaml"+signature.Suffix), minisign.Sign(private, []byte(goodSet)), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := found(t, dir, text, Options{}); strings.Contains(got, "signature") {
		t.Errorf("signed: %s", got)
	}
	bundle := filepath.Join(dir, "own")
	if err := os.MkdirAll(bundle, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(bundle, "bundle.yaml"), []byte("name: own\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := found(t, dir, "model: {bundle: own}\n"+strings.Replace(text, "[sets]", "[bundles]", 1), Options{}); !strings.Contains(got, "model.bundle") {
		t.Errorf("a bundle without a signature: %s", got)
	}
	if got := found(t, dir, strings.Replace(text, public.String(), "plant.pub", 1), Options{}); !strings.Contains(got, "security.trusted_keys") {
		t.Errorf("a key that is not there: %s", got)
	}
}
