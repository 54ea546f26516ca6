package prompts

import (
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
	matcher Matcher
	dim     int // of a feature
	grid    [2]int
	n       int       // pictures
	memory  []float32 // [n·patches, dim]
	patches []float32 // [n·patches, text dim], kept to scale the text map

	featureMean, featureStd float64 // of distances of good pictures' patches
	textMean, textStd       float64
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
	r.n++
	return nil
}

// The least spread of good pictures' scores, as a share of their mean: what a
// handful of pictures shows is too narrow by chance.
const (
	spreadFloorFew  = 0.1 // of fewer than manyGood pictures
	spreadFloorMany = 0.02
	manyGood        = 8
)

// sigmas is how many spreads above the mean of good pictures P(defect) is a
// half: one good part in three million of a normal distribution, which leaves
// room for tails that are heavier.
const sigmas = 5

// fit measures the maps and scores of each reference against the others and
// so gives the scales by which an unseen picture is judged. With a single
// reference its distances are measured within the picture itself, between its
// halves.
func (r *References) fit(b *Bank) (*References, error) {
	if r.n == 0 {
		return nil, errors.New("fit references: there are none: add at least one good picture")
	}
	f := *r
	patches := r.grid[0] * r.grid[1]
	distances, err := r.leaveOneOut(patches)
	if err != nil {
		return nil, err
	}
	f.featureMean, f.featureStd = moments(distances)
	texts := make([]float32, 0, len(distances))
	perText := b.bundle.Dim
	if len(r.patches) == r.n*patches*perText {
		for i := range r.n * patches {
			texts = append(texts, dot(r.patches[i*perText:][:perText], b.direction))
		}
		f.textMean, f.textStd = moments(texts)
	}
	scores := make([]float32, r.n)
	scratch, fused := []float32(nil), make([]float32, patches)
	for i := range r.n {
		for k := range fused {
			at := i*patches + k
			text := 0.0
			if len(texts) > 0 && b.says {
				text = f.textZ(texts[at])
			}
			fused[k] = float32(f.featureZ(distances[at]) + b.Set.TextWeight*text)
		}
		scores[i] = float32(top(fused, &scratch))
	}
	f.setGood(scores)
	return &f, nil
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
func (r *References) textZ(t float32) float64    { return (float64(t) - r.textMean) / r.textStd }

// score fuses the distances to the references with the text map.
func (r *References) score(o *Observation, s *Scores, weight float64, says bool) error {
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
	// A set that says nothing about the condition leaves the judgement to the
	// references; r.textStd is 0 when the bundle has no patch embeddings.
	if says && weight > 0 && r.textStd > 0 && o.PatchGrid == r.grid {
		for i, t := range s.text {
			s.Map[i] += float32(weight * r.textZ(t))
		}
	}
	s.Raw = top(s.Map, &s.sorted)
	s.Defect = logistic((s.Raw - r.center - sigmas*r.spread) / r.spread)
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
