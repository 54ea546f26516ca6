package prompts

import (
	"context"
	"fmt"
	"math"

	"pristine/names"
	"pristine/verdict"
)

// Kind says what a class counts as.
type Kind string

// The kinds of classes.
const (
	Pristine  Kind = "pristine"
	Defect    Kind = "defect"
	Lookalike Kind = "lookalike" // counts as good
)

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
	Set              *Set
	bundle           BundleInfo
	classes          []class   // pristine first
	texts            []text    // of the classes, in their order
	direction        []float32 // [dim], mean of the defects' prototypes, by their weights − pristine prototype
	separatesDefects bool      // the set's sentences distinguish defects from good parts
	references       *References
	names            *names.Classifier
	labelled         bool     // some bad references have a kind: defects are not named by text
	learned          *Learned // the origin of references; nil if a camera did not learn them
	reviews          bool     // some defects are for review only
	calibrated       bool     // Set.Calibration is valid for this bank
	sensitivity      Sensitivity
	armed            bool
	reason           string // for armed
}

// minDirection is the smallest difference of two prototypes, as a vector length, by
// which they count as distinct.
const minDirection = 0.05

// minState is minDirection for defects against pristine within
// BundleInfo.StateDims, if the bundle has them. With bundle pocket 1.5.0 the lowest
// shipped set has 0.55, and "fresh bread" against "mouldy bread" 0.53. Of 50 pairs
// about other subjects (training/offdomain.txt) 45 are below the limit, with
// templates and without.
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
	b.setArmed()
	return b, nil
}

// group is a class of the set, before it is encoded.
type group struct {
	name     string
	kind     Kind
	path     string // YAML path of its prompts
	severity verdict.Severity
	weight   float64
	prompts  []Prompt
}

// groups returns the classes in the order of Bank.classes.
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

// embed returns, for each state, the sum of the unit embeddings of its sentences.
// One call encodes all sentences, so that a cache is read once.
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

// mean returns the weighted mean of embedded states as a unit vector.
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
	b.separatesDefects = norm(b.direction) >= minDirection
	if d := b.bundle.StateDims; len(d) == 2 {
		b.separatesDefects = norm(b.direction[d[0]:d[1]]) >= minState
	}
}

// WithReferences returns a bank that also scores by these references.
func (b *Bank) WithReferences(r *References) (*Bank, error) {
	if r.bundle != b.bundle.Hash {
		return nil, fmt.Errorf("use references: %w (references %.12s, prompts %.12s): create them again with this bundle", ErrBundle, r.bundle, b.bundle.Hash)
	}
	with := *b
	fitted, err := r.fit(b)
	if err != nil {
		return nil, err
	}
	with.references, with.learned = fitted, nil
	with.setArmed()
	with.learnNames()
	return &with, nil
}

// scales returns the logit scales for cosines of the whole picture and of patches:
// the bundle's, unless the set has a temperature, which changes both by the same
// factor.
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
