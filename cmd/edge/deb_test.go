package main

import (
	"bytes"
	"errors"
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
	t.Parallel()
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
		c := exec.Command("scripts/deb.sh", "1.2.3", out)
		if i == 1 { // another user's machine
			c = exec.Command("sh", "-c", `umask 077; exec scripts/deb.sh 1.2.3 "$1"`, "sh", out)
			c.Env = append(os.Environ(), "TZ=Asia/Tokyo", "LC_ALL=C.UTF-8", "TMPDIR="+t.TempDir())
		}
		if text, err := c.CombinedOutput(); err != nil {
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
			if err != nil || !strings.Contains(string(control), "libopencv-core") || !strings.Contains(string(control), "libavcodec") || strings.Contains(string(control), "-cross") {
				t.Errorf(`it depends on %s, %v; want err == nil, strings.Contains(string(control), "libopencv-core"), strings.Contains(string(control), "libavcodec"), not strings.Contains(string(control), "-cross")`, control, err)
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
	learns := func(span string) string { return run("run", "--config", config, "--for", span) }
	if out := learns("4s"); !strings.Contains(out, "learning") { // a busy machine may need longer
		if out = learns("60s"); !strings.Contains(out, "learning") {
			t.Errorf("edge run says %s", out)
		}
	}
	checkPages(t, root)
	unit, err := os.ReadFile(filepath.Join(root, "usr/lib/systemd/system/edge.service"))
	if err != nil || strings.Contains(string(unit), "/usr/local") {
		t.Errorf("the unit is %s, %v", unit, err)
	}
}

// checkPages checks the manual pages and completions of an unpacked package.
func checkPages(t *testing.T, root string) {
	t.Helper()
	for _, name := range []string{"edge", "edge-run", "edge-provider-install"} {
		if _, err := os.Stat(filepath.Join(root, "usr/share/man/man1", name+".1.gz")); err != nil {
			t.Error(err)
		}
	}
	pages, err := filepath.Glob(filepath.Join(root, "usr/share/man/man1", "*.1.gz"))
	if err != nil || len(pages) < 50 {
		t.Errorf("%d manual pages, %v", len(pages), err)
	}
	if out, err := exec.Command("gunzip", pages...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for i := range pages {
		pages[i] = strings.TrimSuffix(pages[i], ".gz")
	}
	if out, err := exec.Command("mandoc", append([]string{"-T", "lint", "-W", "warning"}, pages...)...).CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("mandoc: %v: %s", err, out)
	}
	for _, file := range []string{"bash-completion/completions/edge", "zsh/vendor-completions/_edge", "fish/vendor_completions.d/edge.fish"} {
		if text, err := os.ReadFile(filepath.Join(root, "usr/share", file)); err != nil || !strings.Contains(string(text), "edge") {
			t.Errorf("%s: %v", file, err)
		}
	}
}

// The package is installed, upgraded, removed and purged in a copy of this machine's
// root that is gone afterwards: upgrades keep the user's configuration, remove keeps
// the data, and purge leaves nothing.
func TestDeb_InstallsUpgradesRemovesAndPurges(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("bin/edge"); err != nil {
		need.Missing(t, "%v: make build", err)
	}
	dir := t.TempDir()
	for _, version := range []string{"1.2.3", "1.2.4"} {
		if text, err := exec.Command("scripts/deb.sh", version, dir).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.deb"))
	if err != nil || len(files) != 2 {
		t.Fatalf("%v, %v", files, err)
	}
	const script = `set -e
mount -t tmpfs tmpfs "$1"
mkdir "$1/upper" "$1/work" "$1/root"
mount -t overlay overlay -o lowerdir=/,upperdir="$1/upper",workdir="$1/work" "$1/root" || exit 77
mount --bind /proc "$1/root/proc"
cp "$2" "$1/root/first.deb"
cp "$3" "$1/root/second.deb"
exec chroot "$1/root" sh -e -c '
  dpkg -i /first.deb
  cd /
  stat -c "owner %U:%G %a" /etc/pristine/edge.yaml /var/lib/pristine
  edge version
  edge check /etc/pristine/edge.yaml
  echo "# the plant" >>/etc/pristine/edge.yaml
  touch /var/lib/pristine/event
  dpkg -i /second.deb
  tail -1 /etc/pristine/edge.yaml
  dpkg -r pristine
  ls /var/lib/pristine /etc/pristine
  dpkg -P pristine
  for gone in /var/lib/pristine /etc/pristine /usr/share/pristine /usr/lib/pristine /usr/bin/edge; do
    if [ -e $gone ]; then echo "still there: $gone"; fi
  done
  if getent passwd pristine; then echo "still there: the user"; fi
  echo end'`
	mount := filepath.Join(dir, "mount")
	if err := os.Mkdir(mount, 0o755); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("unshare", "--mount", "sh", "-c", script, "sh", mount, files[0], files[1]).CombinedOutput()
	var failed *exec.ExitError
	if errors.As(err, &failed) && failed.ExitCode() == 77 || os.Getuid() != 0 {
		need.Missing(t, "root and overlayfs: %v: %s", err, out)
	}
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, want := range []string{
		"owner root:pristine 640", "owner pristine:pristine 750", "/usr/lib/pristine/libonnxruntime.so", "/etc/pristine/edge.yaml: good",
		"Unpacking pristine (1.2.4) over (1.2.3)", "\n# the plant\n", "\nevent\n", "\nedge.yaml\n", "\nend\n",
	} {
		if !strings.Contains("\n"+string(out), want) {
			t.Errorf("the output lacks %q:\n%s", want, out)
		}
	}
	if strings.Contains(string(out), "still there") {
		t.Errorf("purge left something:\n%s", out)
	}
}

// The maintainer's scripts are what a POSIX shell reads.
func TestDeb_ScriptsAreRead(t *testing.T) {
	t.Parallel()
	for _, script := range []string{"postinst", "prerm", "postrm"} {
		if out, err := exec.Command("sh", "-n", "deploy/deb/"+script).CombinedOutput(); err != nil {
			t.Errorf("%s: %v: %s", script, err, out)
		}
	}
}
