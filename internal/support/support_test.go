package support

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pristine/events"
	"pristine/events/outbox"
	"pristine/history"
	"pristine/internal/config/lastgood"
	"pristine/internal/doctor"
)

// secrets are planted everywhere; none may stand in an archive, in no form.
var secrets = map[string]string{
	"camera":      "cam-Pa55/w0rd+x",
	"camera file": "filed camera secret 77",
	"hub":         "hub-hunter2-long",
	"creds JWT":   "eyJ0eXAiOiJKV1QiLCJhbGciOiJlZDI1NTE5In0.eyJqdGkiOiJBQkNERUYifQ.c2lnbmF0dXJl",
	"creds seed":  "SUAGC3DEUKKNUEVVCLMGJNBTSTAUQCCKDCBLKGFVTAWVZHBPDOHF3PCBXA",
	"nkey":        "SUACSSL3UAHUDXKFSNVUZRF5UHPMWZ6BFDTJ7M6USDXIEDNPPQYYYCU3VY",
	"hub key":     "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgplanted1",
	"page key":    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgplanted2",
	"pyroscope":   "pyroscope-auth-9f3k",
	"collector":   "collector-auth-4d2m",
	"basic":       "YWRtaW46Y29sbGVjdG9yLWF1dGgtNGQybQ==", // admin:collector-auth-4d2m
	"hash":        "$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaA",
	"environment": "hf_environmentTOKENvalue",
	"unit":        "unit-environment-secret",
	"token":       "tok3n-in-a-query",
	"bearer":      "bearer.value-1234567",
	"yaml":        "written-into-a-comment",
	"flag":        "given-by-a-flag",
}

// planted is a text with every secret, as logs and pages show them.
func planted() string {
	var out strings.Builder
	for _, what := range slices.Sorted(maps.Keys(secrets)) {
		v := secrets[what]
		fmt.Fprintf(&out, "known %s and %s, %s\n", v, url.QueryEscape(v), base64.StdEncoding.EncodeToString([]byte(v)))
	}
	return strings.NewReplacer( // those that no file holds have a sign of what they are
		"known "+secrets["token"]+" and "+secrets["token"]+", "+base64.StdEncoding.EncodeToString([]byte(secrets["token"])), "GET http://cam/x?a=1&token="+secrets["token"]+"&b=2",
		"known "+secrets["bearer"]+" and "+secrets["bearer"]+", "+base64.StdEncoding.EncodeToString([]byte(secrets["bearer"])), "Authorization: Bearer "+secrets["bearer"],
		"known "+secrets["yaml"]+" and "+secrets["yaml"]+", "+base64.StdEncoding.EncodeToString([]byte(secrets["yaml"])), `{"db_password": "`+secrets["yaml"]+`"}`,
		"known "+secrets["flag"]+" and "+secrets["flag"]+", "+base64.StdEncoding.EncodeToString([]byte(secrets["flag"])), "nats --user edge --password "+secrets["flag"]+" sub x",
	).Replace(out.String()) + "GET http://cam/x?token=" + secrets["token"] + "\n{\"db_password\": \"" + secrets["yaml"] + "\"}\nopen rtsp://admin:" + secrets["camera"] + "@10.0.0.7/1: refused\n"
}

// jsonLog is the same in a log that is JSON.
func jsonLog() string {
	line, err := json.Marshal(map[string]string{"level": "ERROR", "msg": planted()})
	if err != nil {
		panic(err)
	}
	return string(line) + "\n"
}

func write(t *testing.T, file, text string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// station makes one with a secret in every place, an event store, a history, and what
// answers for its agent. It returns the options of an archive.
func station(t *testing.T) (Options, *outbox.Store) {
	t.Helper()
	dir := t.TempDir()
	pem := func(kind, body string) string {
		return "-----BEGIN " + kind + "-----\n" + body + "\n-----END " + kind + "-----\n"
	}
	for name, text := range map[string]string{
		"s/camera": secrets["camera file"] + "\n", "s/user": "admin", "s/hub": secrets["hub"], "s/pyroscope": secrets["pyroscope"], "s/collector": secrets["collector"],
		"s/creds": pem("NATS USER JWT", secrets["creds JWT"]) + pem("USER NKEY SEED", secrets["creds seed"]), "s/nkey": secrets["nkey"],
		"s/hub.key": pem("PRIVATE KEY", secrets["hub key"]), "s/page.key": pem("EC PRIVATE KEY", secrets["page key"]),
		"events/users.json":             `[{"name": "ann", "role": "admin", "hash": "` + secrets["hash"] + `"}]`,
		"root/etc/pristine/environment": "NATS_PASSWORD=" + secrets["unit"] + "\n",
		"root/proc/mounts":              "//nas/x /mnt cifs rw,username=u,password=" + secrets["token"] + " 0 0\n",
		"set.yaml":                      "name: lid\nobject: lid\ndefects: {crack: {prompts: [cracked]}} # " + secrets["yaml"] + "\n",
		"edge.log":                      planted() + jsonLog(),
		"bin/journalctl":                "#!/bin/sh\ncat '" + filepath.Join(dir, "edge.log") + "'\n",
		"events/left-" + secrets["hub"]: "",
	} {
		write(t, filepath.Join(dir, name), text)
	}
	if err := os.Chmod(filepath.Join(dir, "bin/journalctl"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", filepath.Join(dir, "bin")+":"+os.Getenv("PATH"))
	t.Setenv("HF_TOKEN", secrets["environment"])
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/debug/pprof/heap") {
			http.NotFound(w, r)
			return
		}
		fmt.Fprintf(w, "page %s\n%s", r.URL.Path, planted())
	}))
	t.Cleanup(page.Close)
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listen := free.Addr().String()
	_ = free.Close()
	text := fmt.Sprintf(`# %[1]s
station: {name: box}
events:
  dir: events
  listen: '%[2]s'
  hub: {url: "", creds_file: s/creds, key_file: s/hub.key, cert_file: s/hub.pem}
http: {listen: '%[3]s', key_file: "", cert_file: ""}
profiling: {url: "", user_file: s/user, password_file: s/pyroscope} # %[1]s
tracing: {url: "", user_file: s/user, password_file: s/collector}
cameras:
  - {name: a, source: "rtsp://admin:%[4]s@10.0.0.7/1", prompts: set.yaml}
  - {name: b, source: "http://10.0.0.8/x?token=%[5]s", user_file: s/user, password_file: s/camera, prompts: set.yaml}
`, secrets["yaml"], listen, strings.TrimPrefix(page.URL, "http://"), url.PathEscape(secrets["camera"]), secrets["token"])
	file := write(t, filepath.Join(dir, "edge.yaml"), text)
	// What an earlier configuration named is a secret, too.
	good := strings.NewReplacer(`{url: "", creds_file: s/creds, key_file: s/hub.key, cert_file: s/hub.pem}`, `{url: "nats://h", nkey_file: s/nkey}`,
		`key_file: "", cert_file: ""`, "key_file: s/page.key, cert_file: s/page.pem", "password_file: s/camera", "password_file: s/hub").Replace(text)
	if err := lastgood.Save(file, []byte(good), filepath.Join(dir, "events")); err != nil {
		t.Fatal(err)
	}
	store, err := outbox.Open(t.Context(), outbox.Options{Dir: filepath.Join(dir, "events"), Listen: listen, Station: events.Station{Site: "plant", Line: "line-1", Name: "box"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	if _, err := store.Append(t.Context(), events.TypeAlarm, events.Alarm{Name: "planted", Severity: "error", Detail: planted()}); err != nil {
		t.Fatal(err)
	}
	if err := history.RecordChange(t.Context(), filepath.Join(dir, "events", "history"), history.Change{Who: "ann", Kind: "configuration", Object: "edge.yaml", After: "source: rtsp://admin:" + secrets["camera"] + "@x " + secrets["hub"]}); err != nil {
		t.Fatal(err)
	}
	return Options{
		Config: file, Root: filepath.Join(dir, "root"), Unit: "edge", Logs: []string{filepath.Join(dir, "edge.log"), filepath.Join(dir, "gone.log")}, Versions: "edge 1\n" + planted(),
		Doctor: &doctor.Report{Version: "1", Findings: []doctor.Finding{{Code: "hub_other", Text: planted()}}},
	}, store
}

// unpack returns the files of an archive, and all its bytes.
func unpack(t *testing.T, data []byte) (files map[string]string, all []byte) {
	t.Helper()
	zip, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if all, err = io.ReadAll(zip); err != nil {
		t.Fatal(err)
	}
	files = map[string]string{}
	for r := tar.NewReader(bytes.NewReader(all)); ; {
		header, err := r.Next()
		if errors.Is(err, io.EOF) {
			return files, all
		}
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		files[strings.TrimPrefix(header.Name, "pristine-support/")] = string(text)
	}
}

// No secret that was planted stands in the archive, in no form; what helps does.
func TestWrite_HoldsNoSecret(t *testing.T) {
	for name, edit := range map[string]func(text string) string{
		"a configuration that is good":   func(text string) string { return text },
		"a configuration with a mistake": func(text string) string { return text + "sight: 1\nnkey_file: s/nkey\n" },
		"a configuration that is refused": func(text string) string {
			return strings.Replace(text, `url: "", creds`, `url: "nats://edge:`+secrets["hub"]+`@h", creds`, 1)
		},
		"a configuration that is no YAML": func(text string) string { return text + "{{{\n" },
	} {
		t.Run(name, func(t *testing.T) {
			o, _ := station(t)
			data, err := os.ReadFile(o.Config)
			if err != nil {
				t.Fatal(err)
			}
			write(t, o.Config, edit(string(data)))
			var out bytes.Buffer
			summary, err := Write(t.Context(), &out, o)
			if err != nil {
				t.Fatal(err)
			}
			files, all := unpack(t, out.Bytes())
			for what, secret := range secrets {
				for _, form := range []string{secret, url.QueryEscape(secret), url.PathEscape(secret), base64.StdEncoding.EncodeToString([]byte(secret))} {
					for name, text := range files {
						if i := strings.Index(text, form); i >= 0 {
							t.Errorf("%s: %s stands in %s: %q", what, form, name, text[max(0, i-60):min(len(text), i+60)])
						}
					}
					if bytes.Contains(all, []byte(form)) {
						t.Errorf("%s: %s stands in the archive", what, form)
					}
				}
			}
			for name, want := range map[string]string{
				"config/edge.yaml": "10.0.0.7/1", "config/last-good.yaml": "station: {name: box}", "doctor.json": `"hub_other"`, "versions.txt": "edge 1",
				"journal.txt": "GET http://cam/x?a=1", "logs/0-edge.log": "10.0.0.7/1: refused", "machine/proc-mounts": "cifs", "contents.txt": "1-gone.log",
			} {
				if !strings.Contains(files[name], want) {
					t.Errorf("%s: got %q, want %q in it", name, files[name], want)
				}
			}
			if !json.Valid([]byte(files["doctor.json"])) {
				t.Errorf("doctor.json is no JSON: %s", files["doctor.json"])
			}
			if len(summary.Entries) < 10 {
				t.Errorf("got %+v", summary)
			}
		})
	}
}

// Events, results, the agent's pages and the files of a station are packed.
func TestWrite_Contents(t *testing.T) {
	o, _ := station(t)
	var out bytes.Buffer
	if _, err := Write(t.Context(), &out, o); err != nil {
		t.Fatal(err)
	}
	files, _ := unpack(t, out.Bytes())
	for name, want := range map[string]string{
		"events.jsonl": `"planted"`, "changes.jsonl": `"edge.yaml"`, "results.jsonl": "", "files.txt": "jetstream", "prompts/0-set.yaml": "cracked",
		"agent/status.json": "page /status", "agent/metrics.txt": "page /metrics", "agent/goroutines.txt": "page /debug/pprof/goroutine",
		"contents.txt": "agent/heap.txt: the agent does not offer it",
	} {
		if text, found := files[name]; !found || !strings.Contains(text, want) {
			t.Errorf("%s: got %q, want %q in it", name, text, want)
		}
	}
	if !strings.Contains(files["contents.txt"], "pictures: not asked for") {
		t.Errorf("got %s, want that pictures are not asked for", files["contents.txt"])
	}
}

// Pictures are packed only where they are asked for.
func TestWrite_Pictures(t *testing.T) {
	dir := t.TempDir()
	file := write(t, filepath.Join(dir, "edge.yaml"), "events: {dir: events, listen: ''}\n")
	h, err := history.Open(t.Context(), history.Options{Dir: filepath.Join(dir, "events", "history")})
	if err != nil {
		t.Fatal(err)
	}
	h.Add(&history.Record{Result: history.Result{Event: "e1", Time: time.Now(), Camera: "belt", Verdict: "FAIL"}, Picture: []byte("a JPEG")})
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	for _, pictures := range []bool{false, true} {
		var out bytes.Buffer
		if _, err := Write(t.Context(), &out, Options{Config: file, Pictures: pictures}); err != nil {
			t.Fatal(err)
		}
		files, all := unpack(t, out.Bytes())
		if _, found := files["pictures/1.jpg"]; found != pictures || bytes.Contains(all, []byte("a JPEG")) != pictures {
			t.Errorf("pictures %v: got %v", pictures, files["contents.txt"])
		}
	}
}

// What cannot be had does not keep the others out, and each is named.
func TestWrite_WithoutAnything(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	var out bytes.Buffer
	_, err := Write(t.Context(), &out, Options{Config: filepath.Join(t.TempDir(), "gone.yaml"), Root: t.TempDir(), Unit: "edge"})
	if err != nil {
		t.Fatal(err)
	}
	files, _ := unpack(t, out.Bytes())
	for _, want := range []string{"config/edge.yaml: open ", "journal.txt: ", "history: "} {
		if !strings.Contains(files["contents.txt"], want) {
			t.Errorf("got %s, want %q", files["contents.txt"], want)
		}
	}
	if _, err := Write(t.Context(), failing{}, Options{Root: t.TempDir()}); !errors.Is(err, errFull) {
		t.Errorf("a full disk: got %v", err)
	}
}

var errFull = errors.New("full")

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errFull }

// FuzzText: nothing that was learned is left in a text.
func FuzzText(f *testing.F) {
	f.Add("s3cret-value", "a text with s3cret-value in it")
	f.Fuzz(func(t *testing.T, secret, text string) {
		var r Redactor
		r.Learn(secret)
		const marks = hidden + "***" + "�"
		if secret = strings.TrimSpace(secret); len(secret) < 8 || strings.Contains(marks, secret) {
			return
		}
		if got := r.Text(text + secret + text); strings.Contains(got, secret) {
			t.Errorf("%q is left in %q", secret, got)
		}
	})
}
