package bundle

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"pristine/internal/strictyaml"
)

// Manifest is a bundle's bundle.yaml.
type Manifest struct {
	Name            string            `yaml:"name"`
	Version         string            `yaml:"version"`
	Licence         string            `yaml:"licence"`
	Files           map[string]string `yaml:"files"` // SHA-256 of each, in hex
	Image           ImageManifest     `yaml:"image"`
	Text            TextManifest      `yaml:"text"`
	EmbeddingDim    int               `yaml:"embedding_dim"`
	LogitScale      float64           `yaml:"logit_scale"`             // multiplies the cosine of picture and text
	PatchLogitScale float64           `yaml:"patch_logit_scale"`       // multiplies the cosine of patch and text
	StateDims       []int             `yaml:"state_dims,omitempty"`    // [from, to) of the embedding that holds the state, rather than the object
	PicturesOnly    bool              `yaml:"pictures_only,omitempty"` // it has patch features and neither texts nor embeddings, as DINOv2
}

// ImageManifest says what the image encoder takes and gives.
type ImageManifest struct {
	File         string    `yaml:"file"`          // image.onnx, unless said otherwise; may be the text encoder's too
	Size         int       `yaml:"size"`          // pixels, of both sides
	Resize       string    `yaml:"resize"`        // squash or shortest_crop
	ShortestSide int       `yaml:"shortest_side"` // pixels before the crop; 0: as size
	Filter       string    `yaml:"filter"`        // bicubic, unless said otherwise, or bilinear
	Mean         []float64 `yaml:"mean"`          // RGB, of pixels in [0, 1]
	Std          []float64 `yaml:"std"`
	Input        string    `yaml:"input"`
	Outputs      struct {
		Embedding       string `yaml:"embedding"`
		PatchEmbeddings string `yaml:"patch_embeddings,omitempty"`
		PatchFeatures   string `yaml:"patch_features,omitempty"`
		PatchTokens     string `yaml:"patch_tokens,omitempty"` // value of the model that patch_features are made of; empty: the model has them
	} `yaml:"outputs"`
	PrefixTokens int `yaml:"prefix_tokens,omitempty"` // of patch_tokens, before those of the patches: that of the class, and registers
}

// TextManifest says what the text encoder takes and gives.
type TextManifest struct {
	File          string `yaml:"file"`           // text.onnx, unless said otherwise
	ContextLength int    `yaml:"context_length"` // tokens, with the special ones
	Pad           string `yaml:"pad"`            // none; masked or attended: to context_length, seen by the encoder or not
	PadID         int64  `yaml:"pad_id"`
	Inputs        struct {
		IDs  string `yaml:"ids"`
		Mask string `yaml:"mask,omitempty"`
	} `yaml:"inputs"`
	Output    string `yaml:"output"`
	Tokenizer string `yaml:"tokenizer"`           // wordpiece, bpe or unigram
	Lowercase bool   `yaml:"lowercase,omitempty"` // texts are lower-cased before the tokenizer
}

// Bundle is a model whose files are what its manifest says.
type Bundle struct {
	Dir      string
	Manifest Manifest
	Hash     string // SHA-256 over the names and hashes of its files, and what patch features are made of, in hex
}

// ErrDamaged is returned within an error when a file is not the one of the manifest.
var ErrDamaged = errors.New("the file is damaged or was changed")

// Open reads the manifest of a bundle and checks the hash of each file. A
// folder with a Hugging Face export is read as it is, see ReadExport.
func Open(dir string) (*Bundle, error) {
	m, err := ReadManifest(dir)
	if errors.Is(err, fs.ErrNotExist) {
		if folder, found := snapshot(dir); found != nil || isExport(folder) {
			return openExport(dir)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("open bundle: %w", err)
	}
	for _, name := range slices.Sorted(maps.Keys(m.Files)) {
		sum, err := hashFile(filepath.Join(dir, name))
		if err != nil {
			return nil, fmt.Errorf("open bundle: %w", err)
		}
		if sum != m.Files[name] {
			return nil, fmt.Errorf("open bundle: %s: its SHA-256 is %s, the manifest says %s: %w; copy the bundle again",
				filepath.Join(dir, name), sum, m.Files[name], ErrDamaged)
		}
	}
	return &Bundle{Dir: dir, Manifest: *m, Hash: m.hash()}, nil
}

// ReadManifest reads the manifest of a bundle, and none of its files.
func ReadManifest(dir string) (*Manifest, error) {
	file := filepath.Join(dir, "bundle.yaml")
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("%w: a bundle is a folder with bundle.yaml, such as models/pocket, or a Hugging Face export with config.json", err)
	}
	return parseManifest(file, data)
}

// TextHash identifies what a text's embedding depends on: the files, and how the
// manifest has texts prepared.
func (b *Bundle) TextHash() string {
	if b.Manifest.Text.Lowercase {
		return b.Hash + " lowercase"
	}
	return b.Hash
}

// hash is the SHA-256 over the names and hashes of the files, and what patch
// features are made of, in hex.
func (m *Manifest) hash() string {
	all := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(m.Files)) {
		fmt.Fprintf(all, "%s %s\n", m.Files[name], name)
	}
	if i := &m.Image; i.Outputs.PatchTokens != "" { // else the same files would give other vectors
		fmt.Fprintf(all, "patch tokens %s behind %d\n", i.Outputs.PatchTokens, i.PrefixTokens)
	}
	return hex.EncodeToString(all.Sum(nil))
}

func parseManifest(file string, data []byte) (*Manifest, error) {
	m := Manifest{
		LogitScale: 100, PatchLogitScale: 100,
		Image: ImageManifest{File: "image.onnx", Filter: "bicubic"},
		Text:  TextManifest{File: "text.onnx", Pad: "none"},
	}
	d := strictyaml.Decode(file, data, &m)
	m.check(d.Addf)
	if err := d.Err(); err != nil {
		return nil, err
	}
	return &m, nil
}

// check tells every mistake of a manifest, by key.
func (m *Manifest) check(add func(key, format string, args ...any)) {
	required := []string{m.Image.File, m.Text.File, "tokenizer.json"}
	if m.PicturesOnly {
		required = required[:1]
	}
	for _, required := range required {
		if m.Files[required] == "" {
			add("files", "must give the SHA-256 of %s", required)
		}
	}
	for name := range m.Files {
		if !filepath.IsLocal(name) {
			add("files."+name, "must lie within the bundle")
		}
	}
	m.Image.check(add)
	if m.PicturesOnly {
		if m.Image.Outputs.PatchFeatures == "" {
			add("image.outputs.patch_features", "must be there: pictures_only bundles have nothing else")
		}
		return
	}
	if m.Image.Outputs.Embedding == "" {
		add("image", "must name outputs.embedding")
	}
	m.Text.check(add)
	if m.EmbeddingDim < 1 || m.EmbeddingDim > 8192 {
		add("embedding_dim", "must be between 1 and 8192 (got %d)", m.EmbeddingDim)
	}
	if m.LogitScale <= 0 {
		add("logit_scale", "must be above 0 (got %v)", m.LogitScale)
	}
	if len(m.StateDims) != 0 && (len(m.StateDims) != 2 || m.StateDims[0] < 0 || m.StateDims[1] > m.EmbeddingDim || m.StateDims[0] >= m.StateDims[1]) {
		add("state_dims", "must be two numbers, from and to, within embedding_dim (got %v)", m.StateDims)
	}
}

func (i *ImageManifest) check(add func(key, format string, args ...any)) {
	if i.Size < 16 || i.Size > 2048 {
		add("image.size", "must be between 16 and 2048 (got %d)", i.Size)
	}
	if i.Resize != "squash" && i.Resize != "shortest_crop" {
		add("image.resize", "must be squash or shortest_crop (got %q)", i.Resize)
	}
	if i.ShortestSide != 0 && (i.ShortestSide < i.Size || i.ShortestSide > 4096) {
		add("image.shortest_side", "must be between size and 4096, or 0 (got %d)", i.ShortestSide)
	}
	if i.Filter != "bicubic" && i.Filter != "bilinear" {
		add("image.filter", "must be bicubic or bilinear (got %q)", i.Filter)
	}
	if len(i.Mean) != 3 || len(i.Std) != 3 {
		add("image.mean", "mean and std must be three numbers each: R, G, B")
	}
	for k, s := range i.Std {
		if s <= 0 {
			add(fmt.Sprintf("image.std[%d]", k), "must be above 0 (got %v)", s)
		}
	}
	if i.Input == "" {
		add("image", "must name its input")
	}
	if i.Outputs.PatchTokens != "" && i.Outputs.PatchFeatures == "" {
		add("image.outputs.patch_tokens", "must stand beside patch_features, the name of what is made of them")
	}
	if i.PrefixTokens < 0 || i.PrefixTokens > 64 {
		add("image.prefix_tokens", "must be between 0 and 64 (got %d)", i.PrefixTokens)
	}
}

func (t *TextManifest) check(add func(key, format string, args ...any)) {
	if !slices.Contains([]string{"wordpiece", "bpe", "unigram"}, t.Tokenizer) {
		add("text.tokenizer", "must be wordpiece, bpe or unigram (got %q)", t.Tokenizer)
	}
	if t.ContextLength < 4 || t.ContextLength > 4096 {
		add("text.context_length", "must be between 4 and 4096 (got %d)", t.ContextLength)
	}
	if !slices.Contains([]string{"none", "masked", "attended"}, t.Pad) {
		add("text.pad", "must be none, masked or attended (got %q)", t.Pad)
	}
	if t.Inputs.IDs == "" || t.Output == "" {
		add("text", "must name inputs.ids and output")
	}
}

func hashFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
