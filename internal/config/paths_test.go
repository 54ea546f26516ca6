package config

import (
	"os"
	"path/filepath"
	"testing"

	"pristine/internal/assets"
)

// A configuration means the same wherever the program is started.
func TestLoad_PathsAreThoseOfTheFile(t *testing.T) {
	root, elsewhere, home := t.TempDir(), t.TempDir(), t.TempDir()
	t.Setenv(assets.Variable, home)
	for _, file := range []string{
		filepath.Join(root, "station", "sets", "lid.yaml"), filepath.Join(root, "station", "good", "1.png"), filepath.Join(root, "shared", "pass"),
		filepath.Join(home, "models", "of-home", "bundle.yaml"), filepath.Join(home, "data", "events", "x"),
	} {
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(root, "station", "edge.yaml")
	const text = `model: {bundle: models/of-home, cache_dir: /var/cache/x}
cameras:
  - {name: a, source: good, prompts: sets/lid.yaml, references: good, regions: [{name: r, region: [0, 0, 1, 1], prompts: sets/lid.yaml}]}
  - {name: b, source: "dir://good?fps=5", prompts: sets/absent.yaml}
  - {name: d, source: "dir://d"}
  - {name: c, source: "rtsp://cam/good", user_file: ../shared/pass, password_file: ../shared/pass}
events: {dir: data/events, hub: {url: "nats://h", creds_file: ../shared/pass}}
`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	station := filepath.Join(root, "station")
	for _, dir := range []string{elsewhere, root, station} {
		t.Chdir(dir)
		c, err := Load(file)
		if err != nil {
			t.Fatal(err)
		}
		shared := filepath.Join(root, "shared", "pass")
		for key, got := range map[string][2]string{
			"bundle":            {c.Model.Bundle, filepath.Join(home, "models", "of-home")},
			"cache_dir":         {c.Model.CacheDir, "/var/cache/x"},
			"source":            {c.Cameras[0].Source.Text(), filepath.Join(station, "good")},
			"source, scheme":    {c.Cameras[1].Source.Text(), "dir://" + filepath.Join(station, "good") + "?fps=5"},
			"source, in scheme": {c.Cameras[2].Source.Text(), "dir://" + filepath.Join(station, "d")},
			"source, URL":       {c.Cameras[3].Source.Text(), "rtsp://cam/good"},
			"prompts":           {c.Cameras[0].Prompts, filepath.Join(station, "sets", "lid.yaml")},
			"prompts, region":   {c.Cameras[0].Regions[0].Prompts, filepath.Join(station, "sets", "lid.yaml")},
			"prompts, absent":   {c.Cameras[1].Prompts, filepath.Join(station, "sets", "absent.yaml")},
			"references":        {c.Cameras[0].References, filepath.Join(station, "good")},
			"user_file":         {c.Cameras[3].UserFile, shared},
			"creds_file":        {c.Events.Hub.CredsFile, shared},
			"events.dir, a new": {c.Events.Dir, filepath.Join(station, "data", "events")}, // not those of the program's folder
		} {
			if got[0] != got[1] {
				t.Errorf("started in %s: %s: got %s, want %s", dir, key, got[0], got[1])
			}
		}
	}
	// What an earlier version wrote below the working directory stays in use.
	t.Chdir(home)
	if c, err := Load(file); err != nil || c.Events.Dir != "data/events" {
		t.Errorf("events of an earlier start: got %v, %v, want data/events", c, err)
	}
}

func TestLoad_WithoutAFile(t *testing.T) {
	t.Chdir(t.TempDir())
	home, err := filepath.Abs(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(home, "models", "pocket"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv(assets.Variable, home)
	c, err := Load("")
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join(home, "models", "pocket"); c.Model.Bundle != want || c.Events.Dir != filepath.Join("data", "events") {
		t.Errorf("got bundle %s, events %s, want %s and data/events", c.Model.Bundle, c.Events.Dir, want)
	}
}
