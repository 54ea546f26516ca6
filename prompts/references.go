package prompts

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
)

// Matcher finds, for each query, the highest cosine with any row of a memory.
type Matcher interface {
	// MaxCosine writes out[i] = max over j of queries[i]·memory[j]; all rows
	// have dim numbers and are unit vectors.
	MaxCosine(queries, memory []float32, dim int, out []float32) error
}

// References are good pictures of one part at one camera.
type References struct {
	bundle  string
	hash    string // of what fit was given
	matcher Matcher
	dim     int // of a feature
	grid    [2]int
	n       int       // pictures
	memory  []float32 // [n·patches, dim]
	patches []float32 // [n·patches, text dim], kept to scale the text map
	whole   []float32 // [n, text dim], the pictures' embeddings, kept to centre the text score

	featureMean, featureStd float64 // of distances of good pictures' patches
	textMean, textStd       float64 // of the text map of good pictures' patches
	textCenter              float64 // Scores.Text of a picture whose map is textMean everywhere
	center, spread          float64 // of good pictures' fused scores
}

// NewReferences makes an empty collection for pictures of a bundle. A nil
// matcher computes in plain Go.
func NewReferences(bundleHash string, m Matcher) *References {
	if m == nil {
		m = plainMatcher{}
	}
	return &References{bundle: bundleHash, matcher: m}
}

// Hash is the SHA-256, in hex, over the bundle's hash and the embeddings.
func (r *References) Hash() string {
	h := sha256.New()
	fmt.Fprintf(h, "%s %v %d\n", r.bundle, r.grid, r.dim)
	_ = binary.Write(h, binary.LittleEndian, r.memory) // a hash never fails
	return hex.EncodeToString(h.Sum(nil))
}

// Len is the number of pictures.
func (r *References) Len() int { return r.n }

// ErrNoFeatures is returned when a bundle gives no features to compare.
var ErrNoFeatures = errors.New("the bundle gives no patch features, which references need")

// Add keeps a good picture.
func (r *References) Add(o *Observation) error {
	patches := o.FeatureGrid[0] * o.FeatureGrid[1]
	switch {
	case o.Bundle != r.bundle:
		return fmt.Errorf("add reference: %w", ErrBundle)
	case patches == 0 || len(o.Features) == 0:
		return fmt.Errorf("add reference: %w", ErrNoFeatures)
	case r.n > 0 && (o.FeatureGrid != r.grid || len(o.Features) != patches*r.dim):
		return fmt.Errorf("add reference: a grid of %v, the others have %v", o.FeatureGrid, r.grid)
	}
	r.grid, r.dim = o.FeatureGrid, len(o.Features)/patches
	r.memory = append(r.memory, o.Features...)
	r.patches = append(r.patches, o.Patches...)
	r.whole = append(r.whole, o.Embedding...)
	r.n++
	return nil
}

// The least spread of good pictures' scores, as a share of their mean: what a
// handful of pictures shows is too narrow by chance. The shares were set on the
// four sets of models/pocket/README.md, where 0.05 rejects good parts and 0.1
// lets bad ones pass.
const (
	spreadFloorFew  = 0.07 // of fewer than manyGood pictures
	spreadFloorMany = 0.02
	manyGood        = 8
)

// P(defect) is a half at sigmas spreads above the mean of good pictures, and
// moves from 0.4 to 0.6, the default thresholds, within a spread either side:
// REVIEW begins at two spreads, FAIL at four.
const (
	sigmas    = 3
	steepness = 0.405 // ln(0.6/0.4) a spread
)

// fit measures the maps and scores of each reference against the others and
// so gives the scales by which an unseen picture is judged. With a single
// reference its distances are measured within the picture itself, between its
// halves.
func (r *References) fit(b *Bank) (*References, error) {
	if r.n == 0 {
		return nil, errors.New("fit references: there are none: add at least one good picture")
	}
	f := *r
	f.hash = r.Hash()
	patches := r.grid[0] * r.grid[1]
	distances, err := r.leaveOneOut(patches)
	if err != nil {
		return nil, err
	}
	f.featureMean, f.featureStd = moments(distances)
	texts := make([]float64, r.n) // Scores.Text of each
	if b.says && b.Set.TextWeight > 0 && len(r.patches) == r.n*patches*b.bundle.Dim {
		f.fitText(b, patches, texts)
	}
	scores, z, scratch := make([]float32, r.n), make([]float32, patches), []float32(nil)
	for i := range r.n {
		for k := range z {
			z[k] = float32(f.featureZ(distances[i*patches+k]))
		}
		scores[i] = float32(top(z, &scratch) + b.Set.TextWeight*f.textZ(texts[i], f.textCenter))
	}
	f.setGood(scores)
	return &f, nil
}

// fitText sets the scale of the text score and fills in that of each
// reference.
func (r *References) fitText(b *Bank, patches int, scores []float64) {
	dim := b.bundle.Dim
	maps := make([]float32, r.n*patches)
	for i := range maps {
		maps[i] = b.patchText(r.patches[i*dim:][:dim])
	}
	r.textMean, r.textStd = moments(maps)
	pictures, scratch := 0.0, []float32(nil)
	for i := range scores {
		picture := pictureWeight * float64(dot(r.whole[i*dim:][:dim], b.direction))
		pictures += picture / float64(r.n)
		scores[i] = picture + top(maps[i*patches:][:patches], &scratch)
	}
	r.textCenter = r.textMean + pictures
}

func (r *References) setGood(scores []float32) {
	mean, std := moments(scores)
	floor := spreadFloorFew
	if len(scores) >= manyGood {
		floor = spreadFloorMany
	}
	r.center, r.spread = mean, max(std, floor*math.Abs(mean))
}

// CalibrateGood gives a bank whose P(defect) is set by the raw scores of good
// pictures that are not among its references, which shows their true spread.
func (b *Bank) CalibrateGood(raw []float32) (*Bank, error) {
	if b.references == nil || len(raw) < 2 {
		return nil, errors.New("calibrate: it takes references and at least two more good pictures")
	}
	with, references := *b, *b.references
	references.setGood(raw)
	with.references = &references
	return &with, nil
}

// leaveOneOut gives the distance of each reference's patches to the nearest of
// the others'.
func (r *References) leaveOneOut(patches int) ([]float32, error) {
	size := patches * r.dim
	cosines := make([]float32, r.n*patches)
	if r.n == 1 {
		half := patches / 2
		err := errors.Join(
			r.matcher.MaxCosine(r.memory[:half*r.dim], r.memory[half*r.dim:], r.dim, cosines[:half]),
			r.matcher.MaxCosine(r.memory[half*r.dim:], r.memory[:half*r.dim], r.dim, cosines[half:]))
		return distances(cosines), err
	}
	others := make([]float32, 0, (r.n-1)*size)
	for i := range r.n {
		others = append(append(others[:0], r.memory[:i*size]...), r.memory[(i+1)*size:]...)
		if err := r.matcher.MaxCosine(r.memory[i*size:(i+1)*size], others, r.dim, cosines[i*patches:(i+1)*patches]); err != nil {
			return nil, err
		}
	}
	return distances(cosines), nil
}

func distances(cosines []float32) []float32 {
	for i, c := range cosines {
		cosines[i] = distance(c)
	}
	return cosines
}

// distance is the Euclidean distance of unit vectors with that cosine.
func distance(cosine float32) float32 {
	return float32(math.Sqrt(max(2-2*float64(cosine), 0)))
}

func (r *References) featureZ(d float32) float64 { return (float64(d) - r.featureMean) / r.featureStd }

// probability is P(defect) of a raw score.
func (r *References) probability(raw float64) float64 {
	return logistic(steepness * ((raw-r.center)/r.spread - sigmas))
}

// textZ is 0 where there is no text to scale.
func (r *References) textZ(t, center float64) float64 {
	if r.textStd == 0 {
		return 0
	}
	return (t - center) / r.textStd
}

// score adds the text score to the distances from the references.
func (r *References) score(o *Observation, s *Scores, weight float64) error {
	n := r.grid[0] * r.grid[1]
	if o.FeatureGrid != r.grid || len(o.Features) != n*r.dim {
		return fmt.Errorf("score picture: its features have a grid of %v, the references %v", o.FeatureGrid, r.grid)
	}
	s.nearest = grow(s.nearest, n)
	if err := r.matcher.MaxCosine(o.Features, r.memory, r.dim, s.nearest); err != nil {
		return fmt.Errorf("score picture: %w", err)
	}
	s.Map, s.MapGrid = grow(s.Map, n), r.grid
	for i, c := range s.nearest {
		s.Map[i] = float32(r.featureZ(distance(c)))
	}
	s.Reference = top(s.Map, &s.sorted)
	// Scores are added, not maps: with maps a patch that the text alone
	// dislikes drowns what the references know. A set that says nothing about
	// the condition got no scale from fit and adds nothing.
	s.Raw = s.Reference + weight*r.textZ(s.Text, r.textCenter)
	if r.textStd > 0 && o.PatchGrid == r.grid {
		for i, t := range s.text {
			s.Map[i] += float32(weight * r.textZ(float64(t), r.textMean))
		}
	}
	s.Defect = r.probability(s.Raw)
	return nil
}

func moments(v []float32) (mean, std float64) {
	for _, x := range v {
		mean += float64(x)
	}
	mean /= float64(len(v))
	for _, x := range v {
		std += (float64(x) - mean) * (float64(x) - mean)
	}
	return mean, max(math.Sqrt(std/float64(len(v))), 1e-6)
}

// plainMatcher is exact and slow; production uses a matrix product.
type plainMatcher struct{}

func (plainMatcher) MaxCosine(queries, memory []float32, dim int, out []float32) error {
	for i := range out {
		q := queries[i*dim:][:dim]
		best := float32(-1)
		for j := 0; j+dim <= len(memory); j += dim {
			best = max(best, dot(q, memory[j:j+dim]))
		}
		out[i] = best
	}
	return nil
}
