package provider

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pristine/internal/assets"
	"pristine/internal/cprogram"
)

// wheel makes a small package with a library, in a folder that pip alone looks in.
func wheel(t *testing.T) Wheel {
	t.Helper()
	registry := t.TempDir()
	t.Setenv("PIP_FIND_LINKS", registry)
	t.Setenv("PIP_NO_INDEX", "1")
	library, err := os.ReadFile(cprogram.Compile(t, "int five(void) { return 5; }", "libtiny.so", "-shared", "-Wl,-soname,libtiny.so.1"))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(registry, "tiny_provider-1.0-py3-none-manylinux_2_28_x86_64.whl")
	out, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(out)
	for name, text := range map[string]string{
		"tiny/libtiny.so.1.2.3": string(library), "tiny/other.so": "x", "tiny/LICENSE": "as you like",
		"tiny_provider-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: tiny-provider\nVersion: 1.0\n",
		"tiny_provider-1.0.dist-info/WHEEL":    "Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: py3-none-manylinux_2_28_x86_64\n",
		"tiny_provider-1.0.dist-info/RECORD":   "",
	} {
		f, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(z.Close(), out.Close()); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(data)
	return Wheel{Package: "tiny-provider", Version: "1.0", SHA256: hex.EncodeToString(sum[:]), Bytes: int64(len(data)), Licence: "as you like", Files: []string{"libtiny.so.*"}}
}

func TestInstall_FetchesByHashAndPutsEverythingIntoPlace(t *testing.T) {
	p := &Provider{Name: "cuda", Arch: "amd64", Wheels: []Wheel{wheel(t)}, Installed: 1000}
	home := t.TempDir()
	for range 2 { // again, over what is there
		dir, err := p.Install(t.Context(), Options{Dir: home, Arch: "amd64"})
		if err != nil {
			t.Fatal(err)
		}
		if dir != filepath.Join(home, assets.Providers, "cuda") {
			t.Errorf("it is in %s", dir)
		}
		for _, name := range []string{"libtiny.so.1.2.3", "libtiny.so.1", "libtiny.so", "licences/tiny_provider/LICENSE", noteFile} {
			if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
				t.Error(err)
			}
		}
		if _, err := os.Stat(filepath.Join(dir, "other.so")); err == nil {
			t.Error("what nobody wants was kept")
		}
	}
	t.Setenv(assets.Variable, home)
	if p.State() != filepath.Join(home, assets.Providers, "cuda") {
		t.Errorf("its state is %s", p.State())
	}
	if path, more := withFolders("/usr/lib", folders()); !more || path != "/usr/lib:"+p.Folder() {
		t.Errorf("the loader looks in %s, %t", path, more)
	} else if _, again := withFolders(path, folders()); again {
		t.Error("the program would start itself for ever")
	}
	left, err := filepath.Glob(filepath.Join(home, assets.Providers, ".install-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestInstall_SaysWhatIsWrong(t *testing.T) {
	good := wheel(t)
	changed, absent, empty := good, good, good
	changed.SHA256 = strings.Repeat("0", 64)
	absent.Version = "2.0"
	empty.Files = []string{"libnone.so.*"}
	for name, c := range map[string]struct {
		provider Provider
		options  Options
		want     error
		text     string
	}{
		"processor":     {Provider{Arch: "amd64"}, Options{Arch: "arm64"}, ErrArch, "deploy/jetson/README.md"},
		"no Python":     {Provider{Arch: "amd64"}, Options{Python: "no-such-python"}, ErrPip, "apt install python3-pip"},
		"no pip":        {Provider{Arch: "amd64"}, Options{Python: "false"}, ErrPip, "apt install python3-pip"},
		"no room":       {Provider{Arch: "amd64", Installed: math.MaxInt64 / 2}, Options{}, ErrSpace, "it takes 4.0 EiB meanwhile"},
		"another hash":  {Provider{Arch: "amd64", Wheels: []Wheel{changed}}, Options{}, ErrHash, "pip refused it by its hash"},
		"not published": {Provider{Arch: "amd64", Wheels: []Wheel{absent}}, Options{}, ErrFetch, "check the network"},
		"no library":    {Provider{Arch: "amd64", Wheels: []Wheel{empty}}, Options{}, nil, "it has none of the libraries"},
	} {
		t.Run(name, func(t *testing.T) {
			home := t.TempDir()
			c.provider.Name, c.options.Dir = "tiny", home
			if c.options.Arch == "" {
				c.options.Arch = "amd64"
			}
			_, err := c.provider.Install(t.Context(), c.options)
			if err == nil || c.want != nil && !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.text) {
				t.Errorf("got %v, want %v with %q", err, c.want, c.text)
			}
			if entries, _ := os.ReadDir(filepath.Join(home, assets.Providers)); len(entries) > 0 {
				t.Errorf("left behind: %v", entries)
			}
		})
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := (&Provider{Name: "tiny", Arch: "amd64", Wheels: []Wheel{good}}).Install(cancelled, Options{Dir: t.TempDir(), Arch: "amd64"}); err == nil {
		t.Error("a cancelled installation went on")
	}
	if _, err := Named("rocm"); !errors.Is(err, ErrUnknown) || !strings.Contains(err.Error(), "cuda, tensorrt, openvino") {
		t.Errorf("got %v", err)
	}
}

func TestAll_WheelsArePinned(t *testing.T) {
	for _, p := range All() {
		if p.Needs == "" || p.Installed < p.Download()/2 || p.Licences() == "" {
			t.Errorf(`%+v; want p.Needs != "", p.Installed >= p.Download()/2, p.Licences() != ""`, p)
		}
		for _, w := range p.Wheels {
			if len(w.SHA256) != 64 || w.Bytes == 0 || w.Licence == "" || len(w.Files) == 0 {
				t.Errorf(`%s: %+v; want len(w.SHA256) == 64, w.Bytes != 0, w.Licence != "", len(w.Files) != 0`, p.Name, w)
			}
		}
		if again, err := Named(p.Name); err != nil || fmt.Sprint(*again) != fmt.Sprint(p) {
			t.Errorf("%v, %v", again, err)
		}
	}
}
