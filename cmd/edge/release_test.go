package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"pristine/internal/need"
	"pristine/internal/version"
)

// A release holds its packages, what is in the program, notes and checksums; the
// signature is one that minisign itself accepts, and a changed file is found.
func TestRelease_IsSignedAndComplete(t *testing.T) {
	t.Parallel()
	for _, made := range []string{"bin/edge", ".deps/bin/cyclonedx-gomod"} {
		if _, err := os.Stat(made); err != nil {
			need.Missing(t, "%v: make setup-test build", err)
		}
	}
	dir := t.TempDir()
	key, public, out := filepath.Join(dir, "key"), filepath.Join(dir, "key.pub"), filepath.Join(dir, "release")
	command := func(wanted bool, name string, args ...string) string {
		t.Helper()
		c := exec.Command(name, args...)
		c.Env = append(os.Environ(), "RELEASE_KEY="+key, "SOURCE_DATE_EPOCH=1700000000")
		text, err := c.CombinedOutput()
		if (err == nil) != wanted {
			t.Fatalf("%s %v: %v: %s", name, args, err, text)
		}
		return string(text)
	}
	deb := filepath.Join(dir, "pristine_1_amd64.deb")
	if err := os.WriteFile(deb, []byte("a package"), 0o600); err != nil {
		t.Fatal(err)
	}
	if text := command(false, "scripts/release.sh", version.Number, out, deb); !strings.Contains(text, "key is not there") {
		t.Errorf("without a key it says %s", text)
	}
	command(true, "minisign", "-G", "-W", "-s", key, "-p", public)
	command(true, "scripts/release.sh", version.Number, out, deb)
	sums := filepath.Join(out, "SHA256SUMS")
	command(true, "minisign", "-V", "-p", public, "-m", sums)
	check := `cd "$1" && sha256sum --check --strict SHA256SUMS`
	for _, file := range []string{"pristine_1_amd64.deb: OK", "edge.cdx.json: OK", "RELEASE-NOTES.md: OK"} {
		if text := command(true, "sh", "-c", check, "sh", out); !strings.Contains(text, file) {
			t.Errorf("the sums lack %s: %s", file, text)
		}
	}
	var bom struct {
		BOMFormat  string
		Components []struct{ Name, Version string }
	}
	data, err := os.ReadFile(filepath.Join(out, "edge.cdx.json"))
	if err == nil {
		err = json.Unmarshal(data, &bom)
	}
	found := false
	for _, c := range bom.Components {
		found = found || c.Name == "github.com/nats-io/nats-server/v2" && c.Version != ""
	}
	if err != nil || bom.BOMFormat != "CycloneDX" || !found || !bytes.Contains(data, []byte("2023-11-14T22:13:20Z")) {
		t.Errorf(`the SBOM has %d components, nats-server %t: %v; want err == nil, bom.BOMFormat == "CycloneDX", found, bytes.Contains(data, []byte("2023-11-14T22:13:20Z"))`, len(bom.Components), found, err)
	}
	notes, err := os.ReadFile(filepath.Join(out, "RELEASE-NOTES.md"))
	if err != nil || !bytes.HasPrefix(notes, []byte("### ")) || bytes.Contains(notes, []byte("\n## ")) {
		t.Errorf("the notes are %.80s, %v; want err == nil, bytes.HasPrefix(notes, []byte(\"### \")), not bytes.Contains(notes, []byte(\"\\n## \"))", notes, err)
	}
	if text := command(false, "scripts/release.sh", "9.9.9", filepath.Join(dir, "other"), deb); !strings.Contains(text, "CHANGELOG.md has no section 9.9.9") {
		t.Errorf("an unknown version: %s", text)
	}

	if err := os.WriteFile(filepath.Join(out, "pristine_1_amd64.deb"), []byte("b package"), 0o600); err != nil {
		t.Fatal(err)
	}
	command(false, "sh", "-c", check, "sh", out)
	if err := os.WriteFile(sums, append([]byte("#"), data...), 0o600); err != nil {
		t.Fatal(err)
	}
	command(false, "minisign", "-V", "-p", public, "-m", sums)
}
