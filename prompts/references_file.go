package prompts

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/renameio/v2"
	"github.com/nlpodyssey/safetensors"
)

// ReferencesFile returns the file of a set's references: the one that the set names, or
// the one beside the set under its name.
func (s *Set) ReferencesFile(setFile string) string {
	if s.References == "" {
		return strings.TrimSuffix(setFile, filepath.Ext(setFile)) + ".references"
	}
	if filepath.IsAbs(s.References) {
		return s.References
	}
	return filepath.Join(filepath.Dir(setFile), s.References)
}

// stored is the JSON of a picture in a references file.
type stored struct {
	Name        string `json:"name"`
	SHA         string `json:"sha256,omitempty"`
	Bad         bool   `json:"bad,omitempty"`
	Kind        string `json:"kind,omitempty"` // of the defect
	PatchGrid   [2]int `json:"patch_grid"`
	FeatureGrid [2]int `json:"feature_grid"`
	TileGrid    [2]int `json:"tile_grid"`
	FineGrid    [2]int `json:"fine_grid"`
	Detail      int    `json:"detail,omitempty"`
}

// The keys of a references file, which is in the safetensors format: Python
// reads it with safetensors.numpy.load_file.
const (
	metaBundle   = "bundle"   // hash
	metaPictures = "pictures" // JSON list of stored
)

// These vectors are optional: a picture may lack rotations, angles or detail, and
// older files have none.
const (
	turnedVector     = "turned"
	fineVector       = "fine"
	fineTurnedVector = "fine_turned"
	angledVector     = "angled"
	fineAngledVector = "fine_angled"
)

var vectors = []string{"embedding", "patches", "features", "tiles", turnedVector, fineVector, fineTurnedVector, angledVector, fineAngledVector}

func mayLack(vector string) bool {
	switch vector {
	case turnedVector, fineVector, fineTurnedVector, angledVector, fineAngledVector:
		return true
	}
	return false
}

func (o *Observation) vector(name string) *[]float32 {
	return map[string]*[]float32{"embedding": &o.Embedding, "patches": &o.Patches, "features": &o.Features, "tiles": &o.Tiles, turnedVector: &o.Turned, fineVector: &o.Fine, fineTurnedVector: &o.FineTurned, angledVector: &o.Angled, fineAngledVector: &o.FineAngled}[name]
}

// Save writes the references to one file, which it replaces atomically.
func (r *References) Save(file string) error {
	tensors, pictures := map[string]safetensors.TensorView{}, make([]stored, len(r.pictures))
	for i, p := range r.pictures {
		o := &p.Seen
		pictures[i] = stored{p.Name, p.SHA, p.Bad, p.Kind, o.PatchGrid, o.FeatureGrid, o.TileGrid, o.FineGrid, o.Detail}
		for _, name := range vectors {
			v := *o.vector(name)
			if len(v) == 0 && mayLack(name) {
				continue
			}
			data := make([]byte, 0, 4*len(v))
			for _, x := range v {
				data = binary.LittleEndian.AppendUint32(data, math.Float32bits(x))
			}
			view, err := safetensors.NewTensorView(safetensors.F32, []uint64{uint64(len(v))}, data)
			if err != nil {
				return fmt.Errorf("write references %s: %w", file, err)
			}
			tensors[fmt.Sprintf("%d.%s", i, name)] = view
		}
	}
	list, err := json.Marshal(pictures)
	if err != nil {
		return fmt.Errorf("write references %s: %w", file, err)
	}
	data, err := safetensors.Serialize(tensors, map[string]string{metaBundle: r.bundle, metaPictures: string(list)})
	if err == nil {
		err = renameio.WriteFile(file, data, 0o644)
	}
	if err != nil {
		return fmt.Errorf("write references %s: %w", file, err)
	}
	return nil
}

// LoadReferences reads a file that Save wrote. It returns an error that wraps ErrBundle
// for references of another bundle, and one that wraps os.ErrNotExist if there is no
// file.
func LoadReferences(file, bundleHash string, m Matcher) (*References, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read references: %w", err)
	}
	r, err := parseReferences(data, bundleHash, m)
	if err != nil {
		return nil, fmt.Errorf("read references %s: %w", file, err)
	}
	return r, nil
}

var errReferences = errors.New("it is not a references file, or it is damaged: create it again with edge reference add")

func parseReferences(data []byte, bundleHash string, m Matcher) (*References, error) {
	tensors, err := safetensors.Deserialize(data)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errReferences, err)
	}
	_, header, err := safetensors.ReadMetadata(data)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errReferences, err)
	}
	meta := header.Metadata()
	if bundle := meta[metaBundle]; bundle != bundleHash {
		return nil, fmt.Errorf("%w (references %.12s, this bundle %.12s): remove the file, and create it again from the pictures with edge reference add", ErrBundle, bundle, bundleHash)
	}
	var pictures []stored
	if err := json.Unmarshal([]byte(meta[metaPictures]), &pictures); err != nil {
		return nil, fmt.Errorf("%w: %w", errReferences, err)
	}
	r := NewReferences(bundleHash, m)
	for i, p := range pictures {
		o := Observation{Bundle: bundleHash, PatchGrid: p.PatchGrid, FeatureGrid: p.FeatureGrid, TileGrid: p.TileGrid, FineGrid: p.FineGrid, Detail: p.Detail}
		for _, name := range vectors {
			view, ok := tensors.Tensor(fmt.Sprintf("%d.%s", i, name))
			if !ok && mayLack(name) {
				continue
			}
			if !ok || view.DType() != safetensors.F32 {
				return nil, fmt.Errorf("%w: picture %d has no %s", errReferences, i, name)
			}
			*o.vector(name) = floats(view.Data())
		}
		if err := o.check(len(o.Embedding)); err != nil {
			return nil, fmt.Errorf("%w: picture %d: %w", errReferences, i, err)
		}
		if err := r.AddPicture(Reference{p.Name, p.SHA, p.Bad, p.Kind, o}); err != nil {
			return nil, fmt.Errorf("%w: picture %d: %w", errReferences, i, err)
		}
	}
	return r, nil
}

func floats(data []byte) []float32 {
	v := make([]float32, len(data)/4)
	for i := range v {
		v[i] = math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:]))
	}
	return v
}
