package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"pristine/capture/opencv"
	"pristine/events/control"
	"pristine/internal/need"
	"pristine/internal/pages"
)

// shown is what the commands of a page must print, beyond ending with 0.
var shown = map[string][]string{
	"README.md": {
		"32 in good, 20 bad ones in bad", "flange-00028.jpg │ FAIL", "flange.yaml: no warnings", "TEXTS AGAINST IT", "5 of 60 pictures",
		"my-part.yaml: no warnings", "the set is armed: validated on ", "my-part.yaml: armed: validated on ", "FAIL    c        crack/", "INVALID 0  dropped 0",
	},
	"docs/configuration.md":      {"learn_parts", "demo.yaml: good"},
	"docs/cameras.md":            {"1920 × 1080 pixels", "blur"},
	"docs/cameras/files.md":      {"INVALID 0  dropped 0"},
	"docs/plc-gpio.md":           {`"part":"A-17"`, `"verdict":"`},
	"docs/prompts.md":            {"flange.yaml: no warnings", "8 good and 0 bad pictures", "AUROC", "TEXTS AGAINST IT", "5 of 40 pictures"},
	"docs/install.md":            {"looked in: the working directory"},
	"docs/doctor.md":             {"MACHINE", "0 errors", "Not there:", "pristine-support/contents.txt"},
	"docs/models.md":             {"pocket"},
	"docs/cameras/testline.md":   {"20"},
	"docs/operations.md":         {"frames/s"},
	"docs/cameras/recordings.md": {"replay://rec/belt"},
	"docs/names.md":              {"defects are named by 3 kinds", "not named, with fewer than 3 pictures: crack", "bad: scratch"},
	"docs/page.md":               {"kappa"},
}

// written are files that the commands of a page must leave.
var written = map[string][]string{
	"README.md":                {"report.html", "where.png", "found.png"},
	"docs/prompts.md":          {"my-flange/report.html", "report.html", "where.png", "alike.png"},
	"docs/configuration.md":    {"edge.schema.json"},
	"docs/models.md":           {"vector.json"},
	"docs/doctor.md":           {"support.tar.gz"},
	"docs/cameras/testline.md": {"gear.png"},
}

// The commands of every page work word for word: a shell runs each block as it
// stands, the blocks of a page one after the other in a fresh clone. The blocks of
// README.md run as one, as who pastes them all does.
func TestDocs_CommandsWorkAsTyped(t *testing.T) {
	t.Parallel()
	need.NoRaceDetector(t)
	for page := range shown {
		if len(blocks(t, page, func(b pages.Block) bool { return !b.Demo })) == 0 {
			t.Errorf("%s has no commands to run", page)
		}
	}
	for _, page := range docs(t) {
		run := blocks(t, page, func(b pages.Block) bool { return !b.Demo })
		if len(run) == 0 {
			continue
		}
		t.Run(page, func(t *testing.T) {
			t.Parallel()
			dir := clone(t)
			isolate(t)
			if page == "README.md" {
				whole := run[0]
				for _, block := range run[1:] {
					whole.Text += block.Text
				}
				run = []pages.Block{whole}
			}
			var all strings.Builder
			for _, block := range run {
				shell := exec.Command("bash", "-euo", "pipefail", "-c", block.Text)
				shell.Dir, shell.Env = dir, append(os.Environ(), asEdge+"=1", "HOME="+dir)
				out, err := shell.CombinedOutput()
				if err != nil {
					t.Fatalf("%s:%d: %v:\n%s", page, block.Line, err, out)
				}
				all.Write(out)
			}
			for _, want := range shown[page] {
				if !strings.Contains(all.String(), want) {
					t.Errorf("%s: %q is missing in\n%s", page, want, all.String())
				}
			}
			for _, name := range written[page] {
				if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Size() == 0 {
					t.Errorf("%s: the commands did not write %s", page, name)
				}
			}
		})
	}
}

// docs returns the pages with commands, by their paths in the repository.
func docs(t *testing.T) (all []string) {
	t.Helper()
	all = []string{"README.md", "CONTRIBUTING.md", "training/README.md"}
	for _, pattern := range []string{"docs/*.md", "docs/*/*.md", "examples/*/README.md"} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("no page is %s: %v", pattern, err)
		}
		all = append(all, found...)
	}
	return all
}

// blocks returns the blocks of a page that are run, and that want is true of.
func blocks(t *testing.T, page string, want func(pages.Block) bool) (all []pages.Block) {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range pages.Blocks(string(text)) {
		if !block.NotRun && want(block) {
			all = append(all, block)
		}
	}
	return all
}

// clone is a folder with what a fresh clone has after make build. bin/edge is this
// very binary: building another would take longer than the commands.
func clone(t *testing.T) string {
	t.Helper()
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "bin"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"configs", "models", "events", "examples", ".deps"} {
		if err := os.Symlink(filepath.Join(here, name), filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(os.Args[0], filepath.Join(dir, "bin", "edge")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// workplace is a clone with the files that commands beside the demo name.
func workplace(t *testing.T) string {
	t.Helper()
	dir := clone(t)
	if err := os.Symlink(filepath.Join(dir, "configs/prompts/flange.yaml"), filepath.Join(dir, "set.yaml")); err != nil {
		t.Fatal(err)
	}
	dark, err := opencv.EncodeJPEG(bytes.Repeat([]byte{1}, 3*640*480), 640, 480, 90)
	if err != nil {
		t.Fatal(err)
	}
	labelled, err := json.Marshal(control.Evaluation{Pictures: []control.EvalPicture{{Label: "good", JPEG: dark}, {Label: "bad", JPEG: dark}}})
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"part.jpg": dark, "labelled.json": labelled} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// isolate puts the processes that this test starts into a network of their own. Its
// thread is never used for anything else.
func isolate(t *testing.T) {
	t.Helper()
	runtime.LockOSThread()
	err := unix.Unshare(unix.CLONE_NEWNET)
	if errors.Is(err, unix.EPERM) {
		need.Missing(t, "only root can make a network: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	socket, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = unix.Close(socket) }()
	loopback, err := unix.NewIfreq("lo")
	if err != nil {
		t.Fatal(err)
	}
	loopback.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
	if err := unix.IoctlIfreq(socket, unix.SIOCSIFFLAGS, loopback); err != nil {
		t.Fatal(err)
	}
}
