package hub

import (
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"go.uber.org/goleak"

	"pristine/internal/untar"
)

const (
	token  = "hf_secret"
	commit = "0123456789abcdef0123456789abcdef01234567"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// testHub is a hub with the layout of huggingface.co: small files come from a
// redirect within the host, large ones from a signed address of another.
type testHub struct {
	*Hub
	home, store *httptest.Server
	dir         string // of the model's files

	mu      sync.Mutex
	lies    map[string]string // file: hash that is stated
	cut     map[string]int    // file: how many answers still break off half-way
	ignore  bool              // the store knows no ranges
	private bool
	hits    []string // of the store, with their ranges
	leaked  bool     // the store saw the token
}

func start(t *testing.T) *testHub {
	t.Helper()
	h := &testHub{dir: untar.Gzip(t, "../testdata/exports/clip.tar.gz"), lies: map[string]string{}, cut: map[string]int{}}
	h.store = httptest.NewServer(http.HandlerFunc(h.serveStore))
	t.Cleanup(h.store.Close)
	h.home = httptest.NewServer(http.HandlerFunc(h.serveHome))
	t.Cleanup(h.home.Close)
	t.Setenv("HF_ENDPOINT", h.home.URL)
	t.Setenv("HF_TOKEN", "")
	t.Setenv("HF_HUB_OFFLINE", "")
	h.open(t)
	return h
}

func (h *testHub) open(t *testing.T) {
	t.Helper()
	var err error
	if h.Hub, err = FromEnv(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.client.CloseIdleConnections)
}

func (h *testHub) serveHome(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.private && r.Header.Get("Authorization") != "Bearer "+token {
		http.Error(w, "denied", http.StatusUnauthorized)
		return
	}
	if r.URL.Path == "/api/models/owner/name/revision/main" {
		var l listing
		l.Commit = commit
		_ = filepath.Walk(h.dir, func(path string, info os.FileInfo, _ error) error {
			if !info.IsDir() {
				name, _ := filepath.Rel(h.dir, path)
				l.Siblings = append(l.Siblings, struct {
					Name string `json:"rfilename"`
				}{name})
			}
			return nil
		})
		_ = json.NewEncoder(w).Encode(l)
		return
	}
	for _, prefix := range []string{"/owner/name/resolve/" + commit + "/", "/api/resolve-cache/"} {
		if name, ok := strings.CutPrefix(r.URL.Path, prefix); ok {
			h.serveFile(w, r, name, prefix[1] == 'a')
			return
		}
	}
	http.NotFound(w, r)
}

func (h *testHub) serveFile(w http.ResponseWriter, r *http.Request, name string, cached bool) {
	data, err := os.ReadFile(filepath.Join(h.dir, name))
	if err != nil {
		http.NotFound(w, r)
		return
	}
	large := strings.HasSuffix(name, ".onnx")
	sum := sha256.Sum256(data)
	etag := hex.EncodeToString(sum[:])
	if !large {
		git := sha1.Sum(append([]byte(fmt.Sprintf("blob %d\x00", len(data))), data...))
		etag = hex.EncodeToString(git[:])
	}
	if lie := h.lies[name]; lie != "" {
		etag = lie
	}
	switch {
	case large:
		w.Header().Set("X-Linked-Etag", `"`+etag+`"`)
		w.Header().Set("X-Linked-Size", strconv.Itoa(len(data)))
		http.Redirect(w, r, h.store.URL+"/"+name+"?signature=private", http.StatusFound)
	case !cached:
		http.Redirect(w, r, "/api/resolve-cache/"+name, http.StatusTemporaryRedirect)
	default:
		w.Header().Set("Etag", `"`+etag+`"`)
		w.Header().Set("Content-Length", strconv.Itoa(len(data)))
		_, _ = w.Write(data)
	}
}

func (h *testHub) serveStore(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	name := strings.TrimPrefix(r.URL.Path, "/")
	h.hits = append(h.hits, name+" "+r.Header.Get("Range"))
	h.leaked = h.leaked || r.Header.Get("Authorization") != ""
	data, err := os.ReadFile(filepath.Join(h.dir, name))
	if err != nil {
		http.NotFound(w, r)
		return
	}
	var from int
	if _, err := fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-", &from); err == nil && !h.ignore {
		w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, len(data)-1, len(data)))
		w.Header().Set("Content-Length", strconv.Itoa(len(data)-from))
		w.WriteHeader(http.StatusPartialContent)
		data = data[from:]
	} else {
		w.Header().Set("Content-Length", strconv.Itoa(len(data)))
	}
	if h.cut[name] > 0 {
		h.cut[name]--
		_, _ = w.Write(data[:len(data)/2])
		panic(http.ErrAbortHandler) // the connection breaks
	}
	_, _ = w.Write(data)
}

const model = "onnx/vision_model.onnx"

// same checks that the downloaded files are the model's.
func (h *testHub) same(t *testing.T, dir string) {
	t.Helper()
	for _, name := range []string{"config.json", "preprocessor_config.json", "tokenizer.json", model, "onnx/text_model.onnx"} {
		got, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile(filepath.Join(h.dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != string(want) {
			t.Errorf("%s differs", name)
		}
	}
}

// absent checks that nothing has the name of a file that is not right.
func absent(t *testing.T, dir, name string) {
	t.Helper()
	found, _ := filepath.Glob(filepath.Join(dir, "*", name))
	if len(found) > 0 {
		t.Errorf("%v is there", found)
	}
}

func TestPullFollowsTheHubsRedirectsAndKeepsTheTokenAtHome(t *testing.T) {
	h := start(t)
	h.private = true
	t.Setenv("HF_TOKEN", token)
	h.open(t)
	var told int64
	dir, err := h.Pull(context.Background(), "owner/name", Options{Dir: t.TempDir(), Progress: func(file string, done, total int64) {
		if file == "vision_model.onnx" {
			told = max(told, done*100/total)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	h.same(t, dir)
	if h.leaked {
		t.Error("the token went to another host")
	}
	if told != 100 {
		t.Errorf("progress ended at %d %%", told)
	}
	h.hits = nil
	if _, err := h.Pull(context.Background(), "owner/name@main", Options{Dir: filepath.Dir(dir)}); err != nil || len(h.hits) != 0 {
		t.Errorf("a second pull fetched %v (%v)", h.hits, err)
	}
}

func TestADownloadThatBreaksOffGoesOnWhereItStopped(t *testing.T) {
	h := start(t)
	h.cut[model] = 3
	dir, err := h.Pull(context.Background(), "owner/name", Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	h.same(t, dir)
	resumed := 0
	for _, hit := range h.hits {
		if strings.HasPrefix(hit, model+" bytes=") {
			resumed++
		}
	}
	if resumed != 3 {
		t.Errorf("resumed %d times, want 3: %v", resumed, h.hits)
	}
}

func TestItGoesOnInAnotherRunAndWithoutRanges(t *testing.T) {
	for _, ignore := range []bool{false, true} {
		h := start(t)
		root := t.TempDir()
		h.cut[model] = 1 // so that the first run cannot be quicker than its end
		ctx, cancel := context.WithCancel(context.Background())
		_, err := h.Pull(ctx, "owner/name", Options{Dir: root, Progress: func(file string, done, total int64) {
			if file == "vision_model.onnx" && done < total {
				cancel()
			}
		}})
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("the first run gave %v", err)
		}
		absent(t, root, model)
		h.ignore, h.hits = ignore, nil
		dir, err := h.Pull(context.Background(), "owner/name", Options{Dir: root})
		if err != nil {
			t.Fatal(err)
		}
		h.same(t, dir)
		if len(h.hits) == 0 || !strings.Contains(strings.Join(h.hits, "\n"), model+" bytes=") {
			t.Errorf("the second run asked for %v", h.hits)
		}
	}
}

func TestAWrongHashIsRefusedAndFetchedAnew(t *testing.T) {
	for _, name := range []string{model, "config.json"} {
		h := start(t)
		root := t.TempDir()
		h.lies[name] = strings.Repeat("0", 64)
		if _, err := h.Pull(context.Background(), "owner/name", Options{Dir: root}); !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
		absent(t, root, name)
		absent(t, root, name+partSuffix)
		delete(h.lies, name)
		if dir, err := h.Pull(context.Background(), "owner/name", Options{Dir: root}); err != nil {
			t.Error(err)
		} else {
			h.same(t, dir)
		}
	}
}

func TestWhatTheHubRefusesIsSaidWithTheRemedy(t *testing.T) {
	h := start(t)
	ctx, root := context.Background(), t.TempDir()
	if _, err := h.Pull(ctx, "owner/other", Options{Dir: root}); !errors.Is(err, ErrAbsent) || !strings.Contains(err.Error(), "check the name and the revision") {
		t.Errorf("404: %v", err)
	}
	if _, err := h.Pull(ctx, "owner/name", Options{Dir: root, Variant: "fp16"}); !errors.Is(err, ErrAbsent) || !strings.Contains(err.Error(), model) {
		t.Errorf("variant: %v", err)
	}
	h.private = true
	if _, err := h.Pull(ctx, "owner/name", Options{Dir: root}); !errors.Is(err, ErrDenied) || !strings.Contains(err.Error(), "set HF_TOKEN") {
		t.Errorf("401: %v", err)
	}
	for _, name := range []string{"name", "a/b/c", "../b", "a/..", "https://host/a/b", "a/b@", "a b/c"} {
		if _, err := h.Pull(ctx, name, Options{Dir: root}); !errors.Is(err, ErrName) {
			t.Errorf("%q: %v", name, err)
		}
	}
	t.Setenv("HF_HUB_OFFLINE", "1")
	h.open(t)
	if _, err := h.Pull(ctx, "owner/name", Options{Dir: root}); !errors.Is(err, ErrOffline) {
		t.Errorf("offline: %v", err)
	}
}

func TestAFullDiskIsSaidAndLosesNothing(t *testing.T) {
	h := start(t)
	root := t.TempDir()
	part := filepath.Join(root, "owner--name@"+commit, model+partSuffix)
	if err := os.MkdirAll(filepath.Dir(part), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/dev/full", part); err != nil { // every write to it fails with ENOSPC
		t.Fatal(err)
	}
	_, err := h.Pull(context.Background(), "owner/name", Options{Dir: root})
	if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "free space and run this again") {
		t.Errorf("got %v", err)
	}
	if len(h.hits) > 2 {
		t.Errorf("it tried again on a full disk: %v", h.hits)
	}
	if err := os.Remove(part); err != nil {
		t.Fatal(err)
	}
	dir, err := h.Pull(context.Background(), "owner/name", Options{Dir: root})
	if err != nil {
		t.Fatal(err)
	}
	h.same(t, dir)
}

func TestNoErrorHasTheTokenOrASignature(t *testing.T) {
	h := start(t)
	t.Setenv("HF_TOKEN", token)
	h.open(t)
	h.store.Close() // large files cannot be had
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	d := download{hub: h.Hub, url: h.home.URL + "/owner/name/resolve/" + commit + "/" + model, path: filepath.Join(t.TempDir(), "model")}
	err := d.fetch(ctx)
	if err == nil {
		t.Fatal("a store that is not there gave no error")
	}
	if text := err.Error(); strings.Contains(text, token) || strings.Contains(text, "signature") {
		t.Errorf("the error is %s", text)
	}
	t.Setenv("HF_ENDPOINT", "https://user:"+token+"@host")
	if _, err := FromEnv(); err == nil || strings.Contains(err.Error(), token) {
		t.Errorf("an endpoint with a password gave %v", err)
	}
}
