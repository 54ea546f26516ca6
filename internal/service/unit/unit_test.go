package unit

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/coreos/go-systemd/v22/unit"

	"pristine/deploy"
	"pristine/internal/need"
	"pristine/internal/usage"
)

// station makes the folder of a part, "hex bolt", with a configuration, and a program
// beside it. Its owner is not root.
func station(t *testing.T, settings string) Options {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "hex bolt")
	for _, parent := range []string{filepath.Dir(dir), filepath.Dir(filepath.Dir(dir))} {
		if err := os.Chmod(parent, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, folder := range []string{"bin", "in", "models/pocket", "configs/prompts"} {
		if err := os.MkdirAll(filepath.Join(dir, folder), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	o := Options{Config: filepath.Join(dir, "edge.yaml"), program: filepath.Join(dir, "bin", "edge")}
	set := filepath.Join(dir, "configs", "prompts", "part.yaml")
	for path, text := range map[string]string{o.Config: settings, o.program: "#!/bin/sh\n", set: "name: part\nobject: bolt\n"} {
		if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if os.Geteuid() == 0 {
		if out, err := exec.Command("chown", "-R", "daemon:", dir).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	return o
}

const belt = "cameras: [{name: c, source: 'testline://'}]\nevents: {listen: ''}\n"

func made(t *testing.T, o Options) *Unit {
	t.Helper()
	u, err := New(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// values returns what a unit says, by section and key.
func values(t *testing.T, text string) map[string][]string {
	t.Helper()
	all, err := unit.DeserializeOptions(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][]string{}
	for _, o := range all {
		found[o.Name] = append(found[o.Name], o.Value)
	}
	return found
}

// The agent has the rights that the package gives it; only paths and user differ.
func TestNew_UnitIsThatOfThePackage(t *testing.T) {
	t.Setenv("PRISTINE_HOME", "")
	o := station(t, belt)
	u := made(t, o)
	dir := filepath.Dir(o.Config)
	got, want := values(t, u.Text), values(t, deploy.Unit)
	own := map[string]string{
		"ExecStart": `"` + dir + `/bin/edge" run --config "` + dir + `/edge.yaml"`, "ExecStartPre": `-"` + dir + `/bin/edge" check "` + dir + `/edge.yaml"`,
		"WorkingDirectory": dir, "User": u.User, "ReadWritePaths": `"` + dir + `"`, "PrivateTmp": "no",
		"Documentation": "", "Environment": "", "Group": "", "StateDirectory": "",
	}
	names := maps.Clone(want)
	maps.Copy(names, got)
	for name := range names {
		if value, differs := own[name]; !differs && !slices.Equal(got[name], want[name]) {
			t.Errorf("%s is %q, that of the package %q", name, got[name], want[name])
		} else if differs && strings.Join(got[name], "; ") != value {
			t.Errorf("%s is %q, want %q", name, got[name], value)
		}
	}
	if account, err := user.Lookup(u.User); err != nil || account.Uid == "0" {
		t.Errorf("the agent runs as %s (%v), want the owner of the configuration", u.User, err)
	}
}

func TestNew_UnitPassesSystemdAnalyzeVerify(t *testing.T) {
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		need.Missing(t, "%v", err)
	}
	o := station(t, belt)
	u := made(t, o)
	path := filepath.Join(t.TempDir(), "edge.service")
	verify := func(text string) string {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		out, _ := exec.Command(analyze, "verify", "--man=no", "--recursive-errors=no", path).CombinedOutput()
		return string(out)
	}
	if out := verify(u.Text); out != "" {
		t.Errorf("systemd-analyze verify says of\n%s\n%s", u.Text, out)
	}
	if out := verify(strings.Replace(u.Text, `hex bolt/bin/edge" run`, `hex bolt/bin/none" run`, 1)); !strings.Contains(out, "none") {
		t.Errorf("a program that is not there passes: %q", out)
	}
}

func TestNew_MayWriteWhereTheConfigurationSays(t *testing.T) {
	o := station(t, "")
	dir := filepath.Dir(o.Config)
	watched := filepath.Join(filepath.Dir(dir), "share")
	settings := "cameras: [{name: c, source: 'watch://" + watched + "', watch: {then: move}}, {name: d, source: 'watch://in'}]\nevents: {listen: '', dir: " + dir + "-data/events}\n"
	if err := errors.Join(os.Mkdir(watched, 0o777), os.Chmod(watched, 0o777), os.Chmod(filepath.Dir(dir), 0o777), os.WriteFile(o.Config, []byte(settings), 0o600)); err != nil {
		t.Fatal(err)
	}
	u := made(t, o)
	if want := []string{dir, dir + "-data", watched}; !slices.Equal(u.write, want) {
		t.Errorf("the agent may write to %q, want %q", u.write, want)
	}
}

const (
	shadowed = "cameras: [{name: c, source: 'testline://', shadow_prompts: shadow.yaml}]\nevents: {listen: ''}\n"
	regions  = "cameras: [{name: c, source: 'testline://', regions: [{name: lid, region: [0, 0, 0.5, 1], prompts: lid.yaml}]}]\nevents: {listen: ''}\n"
)

// secret writes a prompt set beside the configuration that root alone may read.
func secret(name string) func(o *Options) {
	return func(o *Options) {
		_ = os.WriteFile(filepath.Join(filepath.Dir(o.Config), name), []byte("name: part\nobject: bolt\n"), 0o600)
	}
}

func TestNew_Refuses(t *testing.T) {
	if os.Geteuid() != 0 {
		need.Missing(t, "root, to make files of others")
	}
	closed := func(o *Options) { _ = os.Chmod(filepath.Dir(filepath.Dir(o.Config)), 0o700) }
	for name, c := range map[string]struct {
		settings string
		change   func(o *Options)
		want     string
	}{
		"a mistake":           {"camera: 1\n", nil, "camera: unknown key"},
		"a missing set":       {"cameras: [{name: c, source: 'testline://', prompts: none.yaml}]\n", nil, "none.yaml is not there"},
		"no such user":        {belt, func(o *Options) { o.User = "no-such-user" }, "the user no-such-user does not exist: useradd --system no-such-user"},
		"a folder of others":  {belt, func(o *Options) { o.User = "games" }, "the user games may not write to "},
		"a closed folder":     {belt, closed, "the user daemon may not enter "},
		"a secret shadow set": {shadowed, secret("shadow.yaml"), "the user daemon may not read "},
		"a region's set":      {regions, secret("lid.yaml"), "the user daemon may not read "},
		"a name with a slash": {belt, func(o *Options) { o.Name = "../edge" }, "a unit's name has letters"},
	} {
		t.Run(name, func(t *testing.T) {
			o := station(t, c.settings)
			if c.change != nil {
				c.change(&o)
			}
			_, err := New(context.Background(), o)
			if err == nil || !usage.Is(err) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want a mistake of the user: %s", err, c.want)
			}
		})
	}
}

// Install, twice, and Uninstall, in a root of their own, by systemctl itself.
func TestInstall_IntoARoot(t *testing.T) {
	if _, err := exec.LookPath("systemctl"); err != nil {
		need.Missing(t, "%v", err)
	}
	o := station(t, belt)
	o.Root = t.TempDir()
	u := made(t, o)
	path := filepath.Join(o.Root, "etc/systemd/system/edge.service")
	wanted := filepath.Join(o.Root, "etc/systemd/system/multi-user.target.wants/edge.service")
	for range 2 {
		var out bytes.Buffer
		if err := u.Install(context.Background(), &out); err != nil {
			t.Fatal(err)
		}
		if text, err := os.ReadFile(path); err != nil || string(text) != u.Text || !strings.Contains(out.String(), "runs as "+u.User) {
			t.Errorf(`%v: %q: %s; want err == nil, string(text) == u.Text, strings.Contains(out.String(), "runs as "+u.User)`, err, text, out.String())
		}
		if _, err := os.Lstat(wanted); err != nil {
			t.Errorf("it is not enabled: %v", err)
		}
	}
	var out bytes.Buffer
	if err := Uninstall(context.Background(), &out, "edge", o.Root); err != nil {
		t.Fatal(err)
	}
	for _, gone := range []string{path, wanted} {
		if _, err := os.Lstat(gone); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v", gone, err)
		}
	}
	if _, err := os.Stat(o.Config); err != nil {
		t.Error(err)
	}
	if err := Uninstall(context.Background(), &out, "edge", o.Root); !usage.Is(err) {
		t.Errorf("a second time: %v", err)
	}
}

func TestInstall_KeepsUnitsOfOthers(t *testing.T) {
	for _, at := range []string{"etc/systemd/system", "usr/lib/systemd/system"} {
		o := station(t, belt)
		o.Root = t.TempDir()
		path := filepath.Join(o.Root, at, "edge.service")
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte("[Unit]\n"), 0o600)); err != nil {
			t.Fatal(err)
		}
		if err := made(t, o).Install(context.Background(), &bytes.Buffer{}); !usage.Is(err) || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "--unit") {
			t.Errorf(`%s: %v; want usage.Is(err), strings.Contains(err.Error(), path), strings.Contains(err.Error(), "--unit")`, at, err)
		}
		if err := Uninstall(context.Background(), &bytes.Buffer{}, "edge", o.Root); !usage.Is(err) {
			t.Errorf("%s: %v", at, err)
		}
		if text, err := os.ReadFile(path); err != nil || string(text) != "[Unit]\n" {
			t.Errorf("%s: %v, %q", at, err, text)
		}
	}
}

// Paths with what means something to systemd stay one word.
func TestQuoted(t *testing.T) {
	for path, want := range map[string]string{
		"/opt/edge": "/opt/edge", "/srv/hex bolt": `"/srv/hex bolt"`, "/srv/50%": "/srv/50%%", "/srv/$HOME": "/srv/$$HOME", `/srv/a\b`: `/srv/a\\b`, `/srv/"x"`: `/srv/\"x\"`, "/srv/it's": `"/srv/it's"`,
	} {
		if got := quoted(path); got != want {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
}

// The service's own user is the one that the package adds.
func TestOwnUser_IsThatOfThePackage(t *testing.T) {
	script, err := os.ReadFile(filepath.Join("..", "..", "..", "deploy", "deb", "postinst"))
	if err != nil || !strings.Contains(string(script), "--home-dir "+stateDir+" --shell /usr/sbin/nologin --user-group "+ownUser) {
		t.Errorf("%v: postinst does not add %s", err, strconv.Quote(ownUser))
	}
	if got := values(t, deploy.Unit)["User"]; !slices.Equal(got, []string{ownUser}) {
		t.Errorf("the unit's user is %v", got)
	}
}
