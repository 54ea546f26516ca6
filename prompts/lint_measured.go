package prompts

import (
	"context"
	"fmt"
	"slices"
)

// tooClose is the cosine of two classes' prototypes, within BundleInfo.StateDims,
// above which the pictures of a class vary by more than the distance of the classes.
const tooClose = 0.98

// measure encodes the prompts and warns of those that this encoder misreads.
func (l *linter) measure(ctx context.Context) error {
	if l.encoder == nil {
		return nil
	}
	for k := range l.classes {
		c := &l.classes[k]
		var phrases []string
		for _, p := range c.prompts {
			for _, sentence := range l.set.Sentences(p.Text) {
				if _, err := l.encoder.Tokens(sentence); err != nil {
					return nil // warned of already; it cannot be encoded
				}
			}
			phrases = append(phrases, l.set.phrase(p.Text), article("a photo of a "+l.set.phrase(p.Text)))
		}
		var err error
		if c.plain, err = l.encoder.Encode(ctx, phrases); err != nil {
			return err
		}
		if c.embeddings, err = l.set.embed(ctx, l.encoder, c.prompts); err != nil {
			return err
		}
		c.prototype = mean(c.embeddings, c.prompts)
	}
	l.negations()
	l.silent()
	l.close()
	return nil
}

// without returns the prototype of a class without one of its prompts.
func (c *linted) without(prompt int) []float32 {
	return mean(slices.Delete(slices.Clone(c.embeddings), prompt, prompt+1), slices.Delete(slices.Clone(c.prompts), prompt, prompt+1))
}

// negations checks states such as "{} without flaw" among the good ones. Such a state is
// harmless if it is nearer to the other good states than to any defect.
func (l *linter) negations() {
	pristine := &l.classes[0]
	if !pristine.own {
		return
	}
	for i, p := range pristine.prompts {
		path := fmt.Sprintf("%s[%d]", pristine.path, i)
		found := patterns[0].words.FindString(" " + p.Text + " ")
		if found == "" {
			continue
		}
		if len(pristine.prompts) == 1 {
			l.warn(path, p.Text, RuleNegation, "it is the only good state, and the encoder overlooks the negation", "add states such as \"flawless {}\" and \"intact {}\"")
			continue
		}
		own := cosine(pristine.embeddings[i], pristine.without(i))
		for _, c := range l.classes[1:] {
			if c.kind == Defect && cosine(pristine.embeddings[i], c.prototype) > own {
				l.warn(path, p.Text, RuleNegation, fmt.Sprintf("measured, it lies nearer to %s than to the other good states", c.name), "remove it")
				break
			}
		}
	}
}

// silent warns of prompts, or of a whole set, that do not describe a condition.
func (l *linter) silent() {
	if len(l.bundle.StateDims) == 2 {
		l.each(func(c *linted, i int, path string) {
			p := c.prompts[i]
			if bare := p.Text == "{}" || l.set.phrase(p.Text) == l.set.Object; c.kind == Pristine && bare {
				return // WinCLIP's first state: the object itself
			}
			if l.misread(path) {
				return // which says why
			}
			// Templates are left out: "a dark photo of a" describes a condition of any
			// object.
			if max(norm(l.state(c.plain[2*i])), norm(l.state(c.plain[2*i+1]))) < minDirection {
				l.warn(path, p.Text, RuleSilent, "for this encoder it does not describe a part's condition", "say what the camera sees: \"scratched {}\", \"{} with a hole\"")
			}
		})
	}
	for _, c := range l.classes[1:] {
		if c.kind == Defect && apart(l.state(c.prototype), l.state(l.classes[0].prototype)) < minDirection {
			l.warn(c.path, "", RuleSilent, "for this encoder it means the same as the good states: such a set scores unknown", "say what the camera sees: \"scratched {}\", \"{} with a hole\"")
		}
	}
}

// misread reports whether the words of a prompt are warned of as unknown.
func (l *linter) misread(path string) bool {
	return slices.ContainsFunc(l.warnings, func(w Warning) bool {
		return w.Path == path && slices.Contains([]Rule{RuleSpelling, RuleLanguage, RuleGibberish}, w.Rule)
	})
}

// close warns of classes that are nearer to each other than the pictures of one class.
func (l *linter) close() {
	for i, c := range l.classes {
		for _, other := range l.classes[:i] {
			if c.kind != Defect && other.kind != Defect {
				continue // both count as good: confusing them does no harm
			}
			a, b := l.state(c.prototype), l.state(other.prototype)
			if norm(a) == 0 || norm(b) == 0 {
				continue // silent
			}
			if v := cosine(a, b); v > tooClose {
				l.warn(c.path, "", RuleTooClose, fmt.Sprintf("this encoder hardly distinguishes %s from %s: cosine %.3f", c.name, other.name, v),
					"join them in one class, or describe how they look different")
			}
		}
	}
}

// state returns the dimensions of an embedding that encode the condition.
func (l *linter) state(v []float32) []float32 {
	if d := l.bundle.StateDims; len(d) == 2 {
		return v[d[0]:d[1]]
	}
	return v
}

func cosine(a, b []float32) float64 { return float64(dot(a, b)) / (norm(a) * norm(b)) }

func apart(a, b []float32) float64 {
	d := make([]float32, len(a))
	for i := range a {
		d[i] = a[i] - b[i]
	}
	return norm(d)
}
