package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/unicode"
)

func TestConfigExplain(t *testing.T) {
	t.Parallel()
	const want = `cameras[].learn_parts
  meaning   Without references: learn this many parts at the start as good ones,
            3 or more. 0: none.
  type      whole number
  allowed   0 to 1000
  default   0
  here      cameras[0].learn_parts = 32 (configs/demo.yaml:10)
`
	if out, _ := edge(t, exitClean, "config", "explain", "cameras[0].learn_parts", "--config", "configs/demo.yaml"); out != want {
		t.Error(cmp.Diff(want, out))
	}
	if out, _ := edge(t, exitClean, "config", "explain", "log.level", "--config", "configs/demo.yaml"); !strings.Contains(out, "log.level = info (not written in configs/demo.yaml: the default)") {
		t.Errorf("got %s, want that the default holds", out)
	}
	if _, errs := edge(t, exitUsage, "config", "explain", "modle.threads"); !strings.Contains(errs, `explain "modle.threads": no such key: did you mean model.threads`) {
		t.Errorf("got %s, want the nearest key", errs)
	}
	out, _ := edge(t, exitClean, "config", "explain", "--format", "json")
	var all []struct{ Key, Meaning, Type, Default string }
	if err := json.Unmarshal([]byte(out), &all); err != nil || len(all) < 100 {
		t.Errorf("got %d keys, %v, want all", len(all), err)
	}
}

func TestConfigDiff(t *testing.T) {
	t.Parallel()
	if out, _ := edge(t, exitClean, "config", "diff", "configs/edge.yaml"); out != "default and configs/edge.yaml mean the same.\n" {
		t.Errorf("got %s", out)
	}
	file := configure(t, "rtsp://u:hunter2@127.0.0.1:1/x", "")
	out, _ := edge(t, exitClean, "config", "diff", file, "--format", "json")
	var all []struct{ Key, From, To string }
	if err := json.Unmarshal([]byte(out), &all); err != nil || len(all) < 5 {
		t.Errorf("got %s, %v", out, err)
	}
	table, _ := edge(t, exitClean, "config", "diff", file)
	for _, text := range []string{out, table} {
		if strings.Contains(text, "hunter2") || !strings.Contains(text, "rtsp://***@") {
			t.Errorf("got %s, want the source without its password", text)
		}
	}
}

func TestConfigSchema(t *testing.T) {
	t.Parallel()
	committed, err := os.ReadFile("configs/edge.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	if out, _ := edge(t, exitClean, "config", "schema"); out != string(committed) {
		t.Error("edge config schema does not print configs/edge.schema.json")
	}
}

// One reader for configurations and sets: a file that it cannot read has the
// same message from every command.
func TestUnreadableYAML_SameMessageInEveryCommand(t *testing.T) {
	t.Parallel()
	picture, err := os.ReadFile("models/pocket/golden/picture-0.png")
	if err != nil {
		t.Fatal(err)
	}
	data := t.TempDir()
	for _, folder := range []string{"good", "bad"} {
		if err := os.MkdirAll(filepath.Join(data, folder), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(data, folder, folder+".png"), picture, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String("name: part\nobject: lid\ndefects: {crack: {prompts: [cracked]}}\n")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ text, want string }{
		"UTF-16":          {utf16, ":1: the file is UTF-16 text: save the file as UTF-8\n"},
		"Windows-1252":    {"name: part\nobject: Geh\xe4use\n", ":2: the byte 0xE4 is not UTF-8 text (in Windows-1252, or ANSI, it is \"ä\"): save the file as UTF-8\n"},
		"tab":             {"name: part\ndefects:\n\tcrack: {prompts: [cracked]}\n", ":3: a tab indents this line: use spaces\n"},
		"braces":          {"name: part\npristine: [fine {}, new {}]\n", ":2: {} is a mapping to YAML: put every text that holds it in quotes, such as [\"cracked {}\", \"{} with a crack\"]\n"},
		"no-break spaces": {"name: part\ndefects:\n\u00a0\u00a0crack: {prompts: [cracked]}\n", ":3: a no-break space (U+00A0) stands here: replace it by plain spaces\n"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "prompts")
			file := filepath.Join(dir, "edge.yaml")
			if err := os.MkdirAll(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			want := "Error: " + file + c.want
			for _, args := range [][]string{
				{"check", file}, {"run", "--config", file}, {"record", "--config", file, "--out", t.TempDir()}, {"prompts", "lint", file},
				{"score", "models/pocket/golden", "--prompts", file}, {"eval", "--prompts", file, "--data", data},
				{"config", "diff", file}, {"config", "explain", "log.level", "--config", file}, {"reference", "list", file},
			} {
				var out, errs bytes.Buffer
				code := run(t.Context(), args, &out, &errs)
				if code != exitUsage || errs.String() != want {
					t.Errorf("edge %s: got %d %s, want 2 %s", strings.Join(args[:2], " "), code, errs.String(), want)
				}
			}
		})
	}
}

// A password in any address of a list is refused, and shown by no command.
func TestHubPassword_RefusedInEveryAddressAndNeverShown(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"nats://user:hunter2@b", "nats://a:4222,nats://user:hunter2@b:4222", "tls://a, tls://hunter2@b", "nats://a,user:hunter2@b", "nats://a,nats://user:hunter2#x@b"} {
		file := filepath.Join(t.TempDir(), "edge.yaml")
		if err := os.WriteFile(file, []byte("events: {listen: '', hub: {url: \""+url+"\"}}\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		want := "Error: " + file + ":1: events.hub.url: must not hold a user or password: put them into files of their own\n"
		for _, args := range [][]string{
			{"check", file}, {"check", "--format", "json", file}, {"run", "--config", file}, {"run", "--strict", "--config", file}, {"config", "diff", file},
			{"config", "explain", "events.hub.url", "--config", file}, {"record", "--config", file, "--out", t.TempDir()},
		} {
			out, errs := edge(t, exitUsage, args...)
			if errs != want || strings.Contains(out, "hunter2") {
				t.Errorf("%s: edge %s: got %s%s, want %s", url, strings.Join(args, " "), out, errs, want)
			}
		}
	}
}
