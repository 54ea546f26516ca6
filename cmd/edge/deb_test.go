package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"pristine/internal/need"
)

// The package holds all that the program needs: unpacked elsewhere and started from
// another folder, the program finds its own files and inspects by the packaged
// configuration. Two runs make the same file.
func TestDeb_RunsWhereItIsUnpackedAndIsReproducible(t *testing.T) {
	if _, err := os.Stat("bin/edge"); err != nil {
		need.Missing(t, "%v: make build", err)
	}
	dir := t.TempDir()
	var packages [2][]byte
	for i := range packages {
		out := filepath.Join(dir, []string{"a", "b"}[i])
		if err := os.Mkdir(out, 0o755); err != nil {
			t.Fatal(err)
		}
		if text, err := exec.Command("scripts/deb.sh", "1.2.3", out).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		files, err := filepath.Glob(filepath.Join(out, "pristine_1.2.3_*.deb"))
		if err != nil || len(files) != 1 {
			t.Fatalf("%v, %v", files, err)
		}
		if packages[i], err = os.ReadFile(files[0]); err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			if text, err := exec.Command("dpkg-deb", "-x", files[0], filepath.Join(dir, "root")).CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, text)
			}
			control, err := exec.Command("dpkg-deb", "-f", files[0], "Depends", "Conffiles").CombinedOutput()
			if err != nil || !strings.Contains(string(control), "libopencv-core") || !strings.Contains(string(control), "libavcodec") {
				t.Errorf("it depends on %s, %v", control, err)
			}
		}
	}
	if !bytes.Equal(packages[0], packages[1]) {
		t.Error("two runs made two different packages")
	}

	root := filepath.Join(dir, "root")
	program := filepath.Join(root, "usr/bin/edge")
	run := func(args ...string) string {
		c := exec.Command(program, args...)
		c.Dir = dir
		out, err := c.CombinedOutput()
		if err != nil {
			t.Errorf("edge %s: %v: %s", strings.Join(args, " "), err, out)
		}
		return string(out)
	}
	version := run("version")
	for _, want := range []string{root + "/usr/lib/pristine/libonnxruntime.so", root + "/usr/share/pristine/models/pocket", root + "/usr/share/pristine/configs/prompts"} {
		if !strings.Contains(version, want) {
			t.Errorf("edge version does not find %s:\n%s", want, version)
		}
	}
	config := filepath.Join(root, "etc/pristine/edge.yaml")
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	local := strings.NewReplacer("/var/lib/pristine", filepath.Join(dir, "var"), "127.0.0.1:8080", "127.0.0.1:0", "events: {", "events: {listen: '', ").Replace(string(text))
	if err := os.WriteFile(config, []byte(local), 0o600); err != nil {
		t.Fatal(err)
	}
	if out := run("check", config); !strings.Contains(out, "good") {
		t.Errorf("edge check says %s", out)
	}
	if out := run("run", "--config", config, "--for", "4s"); !strings.Contains(out, "learning") {
		t.Errorf("edge run says %s", out)
	}
	unit, err := os.ReadFile(filepath.Join(root, "usr/lib/systemd/system/edge.service"))
	if err != nil || strings.Contains(string(unit), "/usr/local") {
		t.Errorf("the unit is %s, %v", unit, err)
	}
}

// The maintainer's scripts are what a POSIX shell reads.
func TestDeb_ScriptsAreRead(t *testing.T) {
	for _, script := range []string{"postinst", "prerm", "postrm"} {
		if out, err := exec.Command("sh", "-n", "deploy/deb/"+script).CombinedOutput(); err != nil {
			t.Errorf("%s: %v: %s", script, err, out)
		}
	}
}
