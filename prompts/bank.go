package prompts

import (
	"context"
	"errors"
	"fmt"
	"image"
	"math"

	"pristine/names"
	"pristine/verdict"
)

// TextEncoder returns the unit embedding of each text.
type TextEncoder interface {
	Encode(ctx context.Context, texts []string) ([][]float32, error)
}

// BundleInfo is what scoring needs to know of a bundle.
type BundleInfo struct {
	Hash            string
	Dim             int
	LogitScale      float64
	PatchLogitScale float64
	StateDims       []int // [from, to) of an embedding that tells the condition; empty: all of it
}

// Observation is what the image encoder says of one picture. Its slices belong
// to the caller.
type Observation struct {
	Bundle      string    // hash
	Embedding   []float32 // [dim], unit
	Patches     []float32 // [rows·columns, dim], unit each; may be empty
	Features    []float32 // [rows·columns, feature dim], unit each; may be empty
	Tiles       []float32 // [n·n, dim], unit each: the embeddings of Tiles(picture, n)
	Turned      []float32 // [Turns·rows·columns, feature dim]: Features of the picture turned clockwise by one quarter, two and three; only references have it
	Fine        []float32 // [rows·columns, feature dim], unit each: the features of Detail×Detail tiles, as one grid; only where Detail asks for them
	FineTurned  []float32 // as Turned, of Fine
	Angled      []float32 // [n, feature dim], unit each: patches of the picture turned by Angles, those farthest from the picture as it is; only references of parts that lie at any angle have them
	FineAngled  []float32 // as Angled, of Fine
	PatchGrid   [2]int    // rows, columns
	FeatureGrid [2]int
	FineGrid    [2]int
	TileGrid    [2]int          // n, n; the caller sets it before the picture is encoded, to ask for tiles
	Detail      int             // n; the caller sets it before the picture is encoded, to ask for Fine; 0 and 1 ask for none
	Area        image.Rectangle // of the frame that the grids lie in, in pixels; empty where it is not known
	MMPerPixel  float64         // of the frame; 0 where it is not known
	Pixels      string          // SHA-256, in hex, of what the encoder was given; only references that are learned again from the same pictures have it
}

// check reports whether the slices fit the grids.
func (o *Observation) check(dim int) error {
	for _, g := range []struct {
		name   string
		values []float32
		grid   [2]int
		dim    int
	}{{"patches", o.Patches, o.PatchGrid, dim}, {"tiles", o.Tiles, o.TileGrid, dim}} {
		if g.grid[0] < 0 || g.grid[1] < 0 || len(g.values) != g.grid[0]*g.grid[1]*g.dim {
			return fmt.Errorf("%d numbers of %s do not fit a grid of %v with %d each", len(g.values), g.name, g.grid, g.dim)
		}
	}
	if len(o.Embedding) != dim || o.TileGrid[0] != o.TileGrid[1] || o.FeatureGrid[0] < 0 || o.FeatureGrid[1] < 0 {
		return fmt.Errorf("an embedding of %d numbers, %v tiles and a feature grid of %v do not fit", len(o.Embedding), o.TileGrid, o.FeatureGrid)
	}
	return nil
}

// Kind says what a class counts as.
type Kind string

// The kinds of classes.
const (
	Pristine  Kind = "pristine"
	Defect    Kind = "defect"
	Lookalike Kind = "lookalike" // counts as good
)

// ErrBundle is returned within an error when vectors of two bundles would have
// been compared.
var ErrBundle = errors.New("the vectors come from another bundle")

type class struct {
	name      string
	kind      Kind
	severity  verdict.Severity // of a defect
	review    bool             // a defect that never fails a part: Set.Verdicts
	weight    float64
	prior     float64   // ln of the weight, added to the logit
	prototype []float32 // [dim], unit
	direction []float32 // [dim], prototype − pristine prototype
}

// logit returns the class's logit at one place of a picture.
func (c *class) logit(place []float32, scale float64) float64 {
	return scale*float64(dot(place, c.prototype)) + c.prior
}

// Bank is a prompt set, encoded, with references or without.
type Bank struct {
	Set         *Set
	bundle      BundleInfo
	classes     []class   // pristine first
	texts       []text    // of the classes, in their order
	direction   []float32 // [dim], mean of the defects' prototypes, by their weights − pristine prototype
	says        bool      // the set's sentences tell a good part from a bad one
	references  *References
	names       *names.Classifier
	labelled    bool     // some references are labelled bad parts: text gives no names
	learned     *Learned // that references come from; nil where they do not
	reviews     bool     // some defects never fail a part
	calibrated  bool     // Set.Calibration holds for this bank
	sensitivity Sensitivity
	armed       bool
	reason      string // why it is armed or not
}

// minDirection is the length of the difference between two prototypes below which
// they say the same.
const minDirection = 0.05

// minState is that of defects and pristine in the part of an embedding that tells
// the condition, where a bundle has such a part, below which a set says nothing
// about a part. Of bundle pocket 1.5.0's shipped sets the least has 0.55, "fresh
// bread" against "mouldy bread" 0.53; of 50 pairs about anything else
// (training/offdomain.txt) 45 have less, as bare sentences 45.
const minState = 0.25

// NewBank encodes a set's sentences.
func NewBank(ctx context.Context, set *Set, encoder TextEncoder, bundle BundleInfo) (*Bank, error) {
	b := &Bank{Set: set, bundle: bundle, reviews: len(set.reviewed()) > 0}
	groups := set.groups()
	var states []Prompt
	for _, g := range groups {
		states = append(states, g.prompts...)
	}
	embeddings, err := set.embed(ctx, encoder, states)
	if err != nil {
		return nil, fmt.Errorf("encode prompts of %s: %w", set.Name, err)
	}
	for _, g := range groups {
		n := len(g.prompts)
		for i, prompt := range g.prompts {
			b.texts = append(b.texts, text{g.name, g.kind, set.phrase(prompt.Text), mean(embeddings[i:i+1], g.prompts[i:i+1])})
		}
		p := mean(embeddings[:n], g.prompts)
		embeddings = embeddings[n:]
		if len(p) != bundle.Dim {
			return nil, fmt.Errorf("encode prompts of %s: %d numbers, the bundle has %d: %w", set.Name, len(p), bundle.Dim, ErrBundle)
		}
		b.classes = append(b.classes, class{
			name: g.name, kind: g.kind, severity: g.severity, review: g.kind == Defect && set.Verdicts.reviews(g.severity),
			weight: g.weight, prior: math.Log(g.weight), prototype: p,
		})
	}
	b.setDirections()
	b.judge()
	return b, nil
}

// group is a class as the set has it.
type group struct {
	name     string
	kind     Kind
	path     string // of its prompts in the file
	severity verdict.Severity
	weight   float64
	prompts  []Prompt
}

// groups returns the classes in the order in which a bank has them.
func (s *Set) groups() []group {
	all := []group{{"pristine", Pristine, "pristine", "", 1, s.Pristine}}
	for _, name := range sortedNames(s.Defects) {
		all = append(all, group{name, Defect, "defects." + name + ".prompts", s.Defects[name].Severity, s.Defects[name].Weight, s.Defects[name].Prompts})
	}
	for _, name := range sortedNames(s.Lookalikes) {
		all = append(all, group{name, Lookalike, "lookalikes." + name + ".prompts", "", s.Lookalikes[name].Weight, s.Lookalikes[name].Prompts})
	}
	return all
}

// embed gives, for each state, the sum of the unit embeddings of its sentences.
// The encoder is asked once for all, so that one with a cache looks once.
func (s *Set) embed(ctx context.Context, encoder TextEncoder, states []Prompt) ([][]float32, error) {
	var sentences []string
	for _, state := range states {
		sentences = append(sentences, s.Sentences(state.Text)...)
	}
	embeddings, err := encoder.Encode(ctx, sentences)
	if err != nil {
		return nil, err
	}
	sums := make([][]float32, len(states))
	for i := range states {
		sum := make([]float32, len(embeddings[0]))
		for _, e := range embeddings[i*len(s.Templates):][:len(s.Templates)] {
			n := norm(e)
			for k, v := range e {
				sum[k] += float32(float64(v) / n)
			}
		}
		sums[i] = sum
	}
	return sums, nil
}

// mean is the unit mean of embedded states by their weights.
func mean(embeddings [][]float32, states []Prompt) []float32 {
	sum := make([]float32, len(embeddings[0]))
	for i, e := range embeddings {
		for k, v := range e {
			sum[k] += float32(states[i].Weight * float64(v))
		}
	}
	n := norm(sum)
	for k := range sum {
		sum[k] = float32(float64(sum[k]) / n)
	}
	return sum
}

func (b *Bank) setDirections() {
	pristine := b.classes[0].prototype
	b.direction = make([]float32, len(pristine))
	defects := 0.0
	for i := range b.classes {
		c := &b.classes[i]
		c.direction = make([]float32, len(pristine))
		for k := range pristine {
			c.direction[k] = c.prototype[k] - pristine[k]
		}
		if c.kind == Defect {
			defects += c.weight
			for k, v := range c.direction {
				b.direction[k] += float32(c.weight) * v
			}
		}
	}
	for k := range b.direction {
		b.direction[k] /= float32(defects)
	}
	b.says = norm(b.direction) >= minDirection
	if d := b.bundle.StateDims; len(d) == 2 {
		b.says = norm(b.direction[d[0]:d[1]]) >= minState
	}
}

// WithReferences returns a bank that scores by these references too.
func (b *Bank) WithReferences(r *References) (*Bank, error) {
	if r.bundle != b.bundle.Hash {
		return nil, fmt.Errorf("use references: %w (references %.12s, prompts %.12s): make them again with this bundle", ErrBundle, r.bundle, b.bundle.Hash)
	}
	with := *b
	fitted, err := r.fit(b)
	if err != nil {
		return nil, err
	}
	with.references, with.learned = fitted, nil
	with.judge()
	with.learnNames()
	return &with, nil
}

// scales returns the factors that make logits of cosines with the whole picture
// and with patches: the bundle's, unless the set has a temperature of its own,
// which moves both alike.
func (b *Bank) scales() (picture, patch float64) {
	picture, patch = b.bundle.LogitScale, b.bundle.PatchLogitScale
	if t := b.Set.Temperature; t > 0 {
		return 1 / t, patch / (picture * t)
	}
	return picture, patch
}

func dot(a, b []float32) float32 {
	var s0, s1, s2, s3 float32
	i := 0
	for ; i+4 <= len(a) && i+4 <= len(b); i += 4 {
		s0 += a[i] * b[i]
		s1 += a[i+1] * b[i+1]
		s2 += a[i+2] * b[i+2]
		s3 += a[i+3] * b[i+3]
	}
	for ; i < len(a); i++ {
		s0 += a[i] * b[i]
	}
	return s0 + s1 + s2 + s3
}

func norm(v []float32) float64 {
	s := 0.0
	for _, x := range v {
		s += float64(x) * float64(x)
	}
	return math.Sqrt(s)
}
