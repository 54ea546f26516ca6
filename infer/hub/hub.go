package hub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Errors that callers tell apart.
var (
	ErrOffline = errors.New("HF_HUB_OFFLINE is set")
	ErrName    = errors.New("a model's name is OWNER/NAME or OWNER/NAME@REVISION")
	ErrDenied  = errors.New("the hub asks for a token")
	ErrAbsent  = errors.New("the hub does not have it")
	ErrDamaged = errors.New("the download differs from what the hub states")
)

// Hub is one hub and the right to read it.
type Hub struct {
	Endpoint string // such as https://huggingface.co
	Token    string // "" for public models
	Offline  bool

	client *http.Client
}

// FromEnv reads HF_ENDPOINT, HF_TOKEN and HF_HUB_OFFLINE.
func FromEnv() (*Hub, error) {
	h := &Hub{Endpoint: os.Getenv("HF_ENDPOINT"), Token: strings.TrimSpace(os.Getenv("HF_TOKEN"))}
	if h.Endpoint == "" {
		h.Endpoint = "https://huggingface.co"
	}
	u, err := url.Parse(h.Endpoint)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil {
		return nil, errors.New("HF_ENDPOINT must be http:// or https:// and a host, without a password")
	}
	h.Endpoint = strings.TrimSuffix(h.Endpoint, "/")
	switch strings.ToUpper(os.Getenv("HF_HUB_OFFLINE")) {
	case "1", "ON", "YES", "TRUE":
		h.Offline = true
	}
	h.client = &http.Client{
		Transport:     &http.Transport{Proxy: http.ProxyFromEnvironment, ResponseHeaderTimeout: 30 * time.Second, TLSHandshakeTimeout: 15 * time.Second},
		CheckRedirect: redirect,
	}
	return h, nil
}

// redirect follows a redirect without the token when it leaves the host. Go's
// client would keep it for subdomains.
func redirect(next *http.Request, before []*http.Request) error {
	if len(before) > 10 {
		return errors.New("the hub redirects without end")
	}
	if first := before[0].URL; next.URL.Host != first.Host || next.URL.Scheme != first.Scheme {
		next.Header.Del("Authorization")
	}
	return nil
}

// Options say what Pull takes, and where it puts it.
type Options struct {
	Dir      string                               // where downloads lie, whole and half
	Variant  string                               // such as fp16; "" is full precision
	Progress func(file string, done, total int64) // bytes; nil is told nothing
}

// maxAttempts is how often in a row a file's download may break off without
// any progress.
const maxAttempts = 5

var namePattern = regexp.MustCompile(`^([A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*)(?:@([\w./-]+))?$`)

// Pull downloads a model and gives the folder of its files, which it made
// under Dir. Called again, it fetches only what is missing.
func (h *Hub) Pull(ctx context.Context, model string, o Options) (string, error) {
	match := namePattern.FindStringSubmatch(model)
	if match == nil || strings.Contains(model, "..") {
		return "", fmt.Errorf("pull %q: %w", model, ErrName)
	}
	if h.Offline {
		return "", fmt.Errorf("pull %s: %w: unset it, or copy the model's folder here and run `edge model import`", model, ErrOffline)
	}
	repository, revision := match[1], match[2]
	if revision == "" {
		revision = "main"
	}
	listing, err := h.list(ctx, repository, revision)
	if err != nil {
		return "", fmt.Errorf("pull %s: %w", model, err)
	}
	wanted, err := choose(listing.names(), o.Variant)
	if err != nil {
		return "", fmt.Errorf("pull %s: %w", model, err)
	}
	dir := filepath.Join(o.Dir, strings.ReplaceAll(repository, "/", "--")+"@"+listing.Commit)
	for _, name := range wanted {
		d := download{hub: h, url: fmt.Sprintf("%s/%s/resolve/%s/%s", h.Endpoint, repository, listing.Commit, name), path: filepath.Join(dir, filepath.FromSlash(name)), progress: o.Progress}
		if err := d.run(ctx); err != nil {
			return "", fmt.Errorf("pull %s: %s: %w", model, name, err)
		}
	}
	return dir, nil
}

// listing is what the hub says of one revision.
type listing struct {
	Commit   string `json:"sha"`
	Siblings []struct {
		Name string `json:"rfilename"`
	} `json:"siblings"`
}

func (l *listing) names() []string {
	var all []string
	for _, s := range l.Siblings {
		all = append(all, s.Name)
	}
	return all
}

var commitPattern = regexp.MustCompile(`^[0-9a-f]{40}$`)

func (h *Hub) list(ctx context.Context, repository, revision string) (*listing, error) {
	response, err := h.do(ctx, http.MethodGet, fmt.Sprintf("%s/api/models/%s/revision/%s", h.Endpoint, repository, url.PathEscape(revision)), nil)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	var l listing
	if err := json.NewDecoder(http.MaxBytesReader(nil, response.Body, 16<<20)).Decode(&l); err != nil {
		return nil, fmt.Errorf("read the list of files: %w", err)
	}
	if !commitPattern.MatchString(l.Commit) {
		return nil, fmt.Errorf("read the list of files: %q is no commit: is HF_ENDPOINT a hub?", l.Commit)
	}
	return &l, nil
}

// choose picks the files of one bundle.
func choose(names []string, variant string) ([]string, error) {
	suffix := ""
	if variant != "" {
		suffix = "_" + variant
	}
	find := func(base string) string {
		for _, name := range []string{"onnx/" + base, base} {
			if slices.Contains(names, name) {
				return name
			}
		}
		return ""
	}
	vision, text, both := find("vision_model"+suffix+".onnx"), find("text_model"+suffix+".onnx"), find("model"+suffix+".onnx")
	var wanted []string
	switch {
	case vision != "" && text != "":
		wanted = []string{vision, text}
	case both != "":
		wanted = []string{both}
	default:
		return nil, fmt.Errorf("%w: ONNX files of this precision; its ONNX files are %s: choose a --variant, or export the model with training/export/openclip.py", ErrAbsent, onnxNames(names))
	}
	for _, name := range slices.Clone(wanted) {
		for _, other := range names { // external data
			if strings.HasPrefix(other, name+"_data") || other == name+".data" {
				wanted = append(wanted, other)
			}
		}
	}
	if !slices.Contains(names, "preprocessor_config.json") && !slices.Contains(names, "processor_config.json") {
		return nil, fmt.Errorf("%w: preprocessor_config.json or processor_config.json", ErrAbsent)
	}
	for _, name := range []string{"config.json", "tokenizer.json"} {
		if !slices.Contains(names, name) {
			return nil, fmt.Errorf("%w: %s", ErrAbsent, name)
		}
		wanted = append(wanted, name)
	}
	for _, name := range []string{"preprocessor_config.json", "processor_config.json", "special_tokens_map.json", "tokenizer_config.json"} {
		if slices.Contains(names, name) {
			wanted = append(wanted, name)
		}
	}
	slices.Reverse(wanted) // the small ones first: their mistakes show at once
	return wanted, nil
}

func onnxNames(names []string) string {
	var all []string
	for _, name := range names {
		if strings.HasSuffix(name, ".onnx") {
			all = append(all, name)
		}
	}
	if all == nil {
		return "none"
	}
	return strings.Join(all, ", ")
}
