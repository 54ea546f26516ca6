package prompts

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"slices"
)

// Matcher finds, for each query, the highest cosine with any row of a memory.
type Matcher interface {
	// MaxCosine writes out[i] = max over j of queries[i]·memory[j]; all rows
	// have dim numbers.
	MaxCosine(queries, memory []float32, dim int, out []float32) error
}

// Reference is one picture that others are compared with.
type Reference struct {
	Name string // of its file, for display
	SHA  string // SHA-256 of its file, in hex; "" for a frame of a camera
	Bad  bool
	Kind string // of the defect of a bad part; "" if it is not labelled
	Seen Observation
}

// References are good pictures of one part at one camera, and optional bad ones. Their
// patch features are compared, or tiles if the bundle returns no patch features.
type References struct {
	bundle   string
	hash     string // of the references and settings that fit used
	matcher  Matcher
	dim      int // of a feature
	grid     [2]int
	pictures []Reference

	good     int      // pictures
	turned   bool     // rotations are matched, too
	angled   bool     // … at all Angles
	detail   int      // of the finer scale; 1 if there is none
	scales   []scale  // the whole picture's first, then the finer one, if any
	backdrop backdrop // the surroundings of the part

	text           textScale
	center, spread float64 // of good pictures' fused scores
	spreadKnown    bool    // from good pictures that are not references
}

// NewReferences returns an empty collection for pictures of a bundle. A nil matcher
// computes in plain Go.
func NewReferences(bundleHash string, m Matcher) *References {
	if m == nil {
		m = plainMatcher{}
	}
	return &References{bundle: bundleHash, matcher: m}
}

// Len returns the number of good pictures.
func (r *References) Len() int {
	n := 0
	for _, p := range r.pictures {
		if !p.Bad {
			n++
		}
	}
	return n
}

// Pictures returns the pictures. The caller must not change them.
func (r *References) Pictures() []Reference { return r.pictures }

// scoring is part of the hash of references. It changes whenever the same references
// give other scores than before, which makes old calibrations invalid.
const scoring = "3"

// Hash returns the SHA-256, in hex, over the bundle's hash and the features of each
// picture, in any order. For pictures that are encoded again at each start it covers
// their pixels instead (Observation.Pixels), since ONNX Runtime rounds differently with
// other threads and batches. Rotations and detail are not included: a bank that uses
// them has another hash.
func (r *References) Hash() string { return r.hashOf(false, false, 1, 0, MatchingAuto) }

func (r *References) hashOf(turned, angled bool, detail int, weight TextWeight, matching Matching) string {
	sums := make([]string, len(r.pictures))
	for i, p := range r.pictures {
		h := sha256.New()
		features, grid := p.Seen.features()
		fmt.Fprintf(h, "%v %v\n", p.Bad, grid)
		if p.Seen.Pixels != "" {
			fmt.Fprintf(h, "pixels %s, turned %v, at any angle %v, detail %d\n", p.Seen.Pixels, turned, angled, detail)
			sums[i] = hex.EncodeToString(h.Sum(nil))
			continue
		}
		_ = binary.Write(h, binary.LittleEndian, features) // writing to a hash never fails
		_ = binary.Write(h, binary.LittleEndian, p.Seen.Embedding)
		if turned && !p.Bad {
			_ = binary.Write(h, binary.LittleEndian, p.Seen.Turned)
		}
		if detail > 1 {
			fmt.Fprintf(h, "detail %d\n", detail)
			_ = binary.Write(h, binary.LittleEndian, p.Seen.Fine)
		}
		if turned && detail > 1 && !p.Bad {
			_ = binary.Write(h, binary.LittleEndian, p.Seen.FineTurned)
		}
		if angled && !p.Bad {
			_ = binary.Write(h, binary.LittleEndian, p.Seen.Angled)
			_ = binary.Write(h, binary.LittleEndian, p.Seen.FineAngled)
		}
		sums[i] = hex.EncodeToString(h.Sum(nil))
	}
	slices.Sort(sums)
	if weight == TextAuto { // any other weight is in the set's hash
		sums = append(sums, "text auto")
	}
	if matching == MatchingNearest {
		sums = append(sums, "matching nearest")
	}
	sum := sha256.Sum256([]byte(r.bundle + scoring + fmt.Sprint(sums)))
	return hex.EncodeToString(sum[:])
}

// ErrNoFeatures is wrapped by an error that is returned if there is nothing to compare.
var ErrNoFeatures = errors.New("the bundle returns no patch features, so references need tiles: set tiles: 3 in the prompt set")

// features returns what references compare: patch features, or tiles if the bundle
// returns none.
func (o *Observation) features() ([]float32, [2]int) {
	if len(o.Features) > 0 {
		return o.Features, o.FeatureGrid
	}
	return o.Tiles, o.TileGrid
}

// Add adds a good picture.
func (r *References) Add(o *Observation) error { return r.AddPicture(Reference{Seen: *o}) }

// AddPicture adds a picture. It copies the observation.
func (r *References) AddPicture(p Reference) error {
	features, grid := p.Seen.features()
	patches := grid[0] * grid[1]
	switch {
	case p.Seen.Bundle != r.bundle:
		return fmt.Errorf("add reference: %w", ErrBundle)
	case patches == 0 || len(features) == 0:
		return fmt.Errorf("add reference: %w", ErrNoFeatures)
	case len(r.pictures) > 0 && (grid != r.grid || len(features) != patches*r.dim):
		return fmt.Errorf("add reference: its grid is %v, that of the others %v", grid, r.grid)
	}
	if !finite(features) || !finite(p.Seen.Embedding) || !finite(p.Seen.Patches) {
		return fmt.Errorf("add reference: %w", errDamaged)
	}
	if err := errors.Join(p.Seen.checkTurned(), p.Seen.checkFine(), p.Seen.checkAngled()); err != nil {
		return fmt.Errorf("add reference: %w", err)
	}
	r.grid, r.dim = grid, len(features)/patches
	p.Seen = p.Seen.Clone()
	r.pictures = append(r.pictures, p)
	return nil
}

// SetKind labels the i-th picture, a bad one, with the kind of its defect.
func (r *References) SetKind(i int, kind string) { r.pictures[i].Kind = kind }

// Remove removes the pictures that match and returns their number.
func (r *References) Remove(match func(Reference) bool) int {
	before := len(r.pictures)
	r.pictures = slices.DeleteFunc(r.pictures, match)
	return before - len(r.pictures)
}

// Clone returns a copy with slices of its own.
func (o *Observation) Clone() Observation {
	c := *o
	for _, v := range []*[]float32{&c.Embedding, &c.Patches, &c.Features, &c.Tiles, &c.Turned, &c.Fine, &c.FineTurned, &c.Angled, &c.FineAngled} {
		*v = slices.Clone(*v)
	}
	return c
}

func finite(v []float32) bool {
	n := norm(v)
	return !math.IsNaN(n) && !math.IsInf(n, 0)
}

// plainMatcher is exact and slow; production uses a matrix product.
type plainMatcher struct{}

func (plainMatcher) MaxCosine(queries, memory []float32, dim int, out []float32) error {
	for i := range out {
		q := queries[i*dim:][:dim]
		best := float32(math.Inf(-1))
		for j := 0; j+dim <= len(memory); j += dim {
			best = max(best, dot(q, memory[j:j+dim]))
		}
		out[i] = best
	}
	return nil
}
