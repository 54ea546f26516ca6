package infer

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"

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
	LogitScale      float64           `yaml:"logit_scale"`       // multiplies the cosine of picture and text
	PatchLogitScale float64           `yaml:"patch_logit_scale"` // multiplies the cosine of patch and text
	StateDims       []int             `yaml:"state_dims"`        // [from, to) of the embedding that holds the state, rather than the object
}

// ImageManifest says what the image encoder takes and gives.
type ImageManifest struct {
	Size    int       `yaml:"size"`   // pixels, of both sides
	Resize  string    `yaml:"resize"` // squash or shortest_crop
	Mean    []float64 `yaml:"mean"`   // RGB, of pixels in [0, 1]
	Std     []float64 `yaml:"std"`
	Input   string    `yaml:"input"`
	Outputs struct {
		Embedding       string `yaml:"embedding"`
		PatchEmbeddings string `yaml:"patch_embeddings"`
		PatchFeatures   string `yaml:"patch_features"`
	} `yaml:"outputs"`
}

// TextManifest says what the text encoder takes and gives.
type TextManifest struct {
	ContextLength int `yaml:"context_length"` // tokens, with the special ones
	Inputs        struct {
		IDs  string `yaml:"ids"`
		Mask string `yaml:"mask"`
	} `yaml:"inputs"`
	Output    string `yaml:"output"`
	Tokenizer string `yaml:"tokenizer"` // wordpiece
}

// Bundle is a model whose files are what its manifest says.
type Bundle struct {
	Dir      string
	Manifest Manifest
	Hash     string // SHA-256 over the names and hashes of its files, in hex
}

// OpenBundle reads the manifest of a bundle and checks the hash of each file.
func OpenBundle(dir string) (*Bundle, error) {
	file := filepath.Join(dir, "bundle.yaml")
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("open bundle: %w: a bundle is a folder with bundle.yaml, such as models/pocket", err)
	}
	m, err := parseManifest(file, data)
	if err != nil {
		return nil, fmt.Errorf("open bundle: %w", err)
	}
	names := make([]string, 0, len(m.Files))
	for name := range m.Files {
		names = append(names, name)
	}
	sort.Strings(names)
	all := sha256.New()
	for _, name := range names {
		sum, err := hashFile(filepath.Join(dir, name))
		if err != nil {
			return nil, fmt.Errorf("open bundle: %w", err)
		}
		if sum != m.Files[name] {
			return nil, fmt.Errorf("open bundle: %s: its SHA-256 is %s, the manifest says %s: the file is damaged or was changed; copy the bundle again",
				filepath.Join(dir, name), sum, m.Files[name])
		}
		fmt.Fprintf(all, "%s %s\n", sum, name)
	}
	return &Bundle{Dir: dir, Manifest: *m, Hash: hex.EncodeToString(all.Sum(nil))}, nil
}

func parseManifest(file string, data []byte) (*Manifest, error) {
	m := Manifest{LogitScale: 100, PatchLogitScale: 100}
	d := strictyaml.Decode(file, data, &m)
	for _, required := range []string{"image.onnx", "text.onnx", "tokenizer.json"} {
		if m.Files[required] == "" {
			d.Addf("files", "must give the SHA-256 of %s", required)
		}
	}
	for name := range m.Files {
		if !filepath.IsLocal(name) {
			d.Addf("files."+name, "must lie within the bundle")
		}
	}
	i := &m.Image
	if i.Size < 16 || i.Size > 2048 {
		d.Addf("image.size", "must be between 16 and 2048 (got %d)", i.Size)
	}
	if i.Resize != "squash" && i.Resize != "shortest_crop" {
		d.Addf("image.resize", "must be squash or shortest_crop (got %q)", i.Resize)
	}
	if len(i.Mean) != 3 || len(i.Std) != 3 {
		d.Addf("image.mean", "mean and std must be three numbers each: R, G, B")
	}
	for k, s := range i.Std {
		if s <= 0 {
			d.Addf(fmt.Sprintf("image.std[%d]", k), "must be above 0 (got %v)", s)
		}
	}
	if i.Input == "" || i.Outputs.Embedding == "" {
		d.Addf("image", "must name its input and outputs.embedding")
	}
	if m.Text.Tokenizer != "wordpiece" {
		d.Addf("text.tokenizer", "must be wordpiece (got %q)", m.Text.Tokenizer)
	}
	if m.Text.ContextLength < 4 || m.Text.ContextLength > 4096 {
		d.Addf("text.context_length", "must be between 4 and 4096 (got %d)", m.Text.ContextLength)
	}
	if m.EmbeddingDim < 1 || m.EmbeddingDim > 8192 {
		d.Addf("embedding_dim", "must be between 1 and 8192 (got %d)", m.EmbeddingDim)
	}
	if len(m.StateDims) != 0 && (len(m.StateDims) != 2 || m.StateDims[0] < 0 || m.StateDims[1] > m.EmbeddingDim || m.StateDims[0] >= m.StateDims[1]) {
		d.Addf("state_dims", "must be two numbers, from and to, within embedding_dim (got %v)", m.StateDims)
	}
	if err := d.Err(); err != nil {
		return nil, err
	}
	return &m, nil
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
