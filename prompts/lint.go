package prompts

import (
	"context"
	"fmt"
	"sort"
	"strings"

	"pristine/internal/strictyaml"
)

// Rule is the subject of a warning.
type Rule string

// The rules of Lint.
const (
	RuleNegation   Rule = "negation" // "no scratch": the noun wins
	RuleCounting   Rule = "counting" // numbers
	RulePosition   Rule = "position" // left, right, above, below
	RuleReading    Rule = "reading"  // text printed on the part
	RuleTwoStates  Rule = "two-states"
	RuleTooLong    Rule = "too-long"
	RuleDuplicate  Rule = "duplicate"
	RuleGibberish  Rule = "gibberish" // words that the encoder does not know
	RuleSpelling   Rule = "spelling"
	RuleLanguage   Rule = "language" // not English
	RuleNameless   Rule = "nameless" // without the object
	RuleTextWeight Rule = "text-weight"
	RuleSilent     Rule = "silent"    // does not describe a part's condition
	RuleSeverity   Rule = "severity"  // severities and verdicts that have no effect or the opposite one
	RuleTooClose   Rule = "too-close" // classes that the model cannot tell apart
)

// Warning is a prompt that is likely to score badly, with the reason and a remedy.
type Warning struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Path   string `json:"path"` // such as defects.crack.prompts[1]
	Prompt string `json:"prompt,omitempty"`
	Rule   Rule   `json:"rule"`
	Reason string `json:"reason"`
	Remedy string `json:"remedy"`
}

// String returns "file:line: path "prompt": rule: reason: remedy".
func (w Warning) String() string {
	prompt := ""
	if w.Prompt != "" {
		prompt = fmt.Sprintf(" %q", w.Prompt)
	}
	return fmt.Sprintf("%s:%d: %s%s: %s: %s: %s", w.File, w.Line, w.Path, prompt, w.Rule, w.Reason, w.Remedy)
}

// Vocabulary is a text encoder that also returns tokens.
type Vocabulary interface {
	TextEncoder
	// Tokens returns the ids of a text, including special tokens. It returns an error
	// if there are more than the model's context holds.
	Tokens(text string) ([]int64, error)
	// Unknown returns the number of words that the tokenizer does not know.
	Unknown(text string) int
}

// Lint warns of prompts that CLIP-type encoders are known to misread, and of classes
// that this encoder confuses when measured. Like Parse, it returns an error for a set
// with mistakes. Warnings are sorted by line.
func Lint(ctx context.Context, file string, data []byte, encoder Vocabulary, bundle BundleInfo) ([]Warning, error) {
	set, document := decode(file, data)
	if err := document.Err(); err != nil {
		return nil, err
	}
	l := &linter{file: file, set: set, document: document, encoder: encoder, bundle: bundle}
	l.gather()
	l.object()
	l.words()
	l.duplicates()
	l.severities()
	l.textWeight()
	if err := l.measure(ctx); err != nil {
		return nil, fmt.Errorf("lint %s: %w", file, err)
	}
	sort.SliceStable(l.warnings, func(i, k int) bool { return l.warnings[i].Line < l.warnings[k].Line })
	return l.warnings, nil
}

// linter collects the warnings of one set.
type linter struct {
	file     string
	set      *Set
	document *strictyaml.Document
	encoder  Vocabulary
	bundle   BundleInfo
	classes  []linted // pristine first
	warnings []Warning
}

// linted is a class and, once measured, the embeddings of its prompts.
type linted struct {
	group
	own        bool        // written in the file, not a default
	embeddings [][]float32 // [prompt][dim]: sum over the templates
	plain      [][]float32 // [2·prompts][dim]: without a template, and as "a photo of a …"
	prototype  []float32   // [dim], unit
}

func (l *linter) gather() {
	for _, g := range l.set.groups() {
		l.classes = append(l.classes, linted{group: g, own: l.document.Has(g.path)})
	}
}

func (l *linter) warn(path, prompt string, rule Rule, reason, remedy string) {
	l.warnings = append(l.warnings, Warning{l.file, l.document.Line(path), path, prompt, rule, reason, remedy})
}

// each calls f with every prompt that is written in the file.
func (l *linter) each(f func(c *linted, i int, path string)) {
	for k := range l.classes {
		c := &l.classes[k]
		for i := range c.prompts {
			if c.own {
				f(c, i, fmt.Sprintf("%s[%d]", c.path, i))
			}
		}
	}
}

// object warns of an object whose name the encoder does not know.
func (l *linter) object() {
	if l.spelling(l.set.Object, "object") {
		return
	}
	for _, word := range l.unreadable(l.set.Object) {
		l.warn("object", l.set.Object, RuleGibberish, fmt.Sprintf("the encoder does not know the word %q", word),
			"say what the camera sees, such as \"metal bracket\", in plain English")
	}
}

func (l *linter) words() {
	l.each(func(c *linted, i int, path string) {
		text := c.prompts[i].Text
		state := " " + strings.ToLower(strings.ReplaceAll(text, "{}", "")) + " "
		for _, p := range patterns {
			if p.rule == RuleNegation && c.kind == Pristine {
				continue // negations measures it: in an ensemble it may be harmless
			}
			if found := p.words.FindString(state); found != "" {
				l.warn(path, text, p.rule, fmt.Sprintf(p.reason, strings.TrimSpace(found)), p.remedy)
			}
		}
		l.nameless(text, path)
		words := l.unreadable(strings.ReplaceAll(text, "{}", ""))
		if l.spelling(text, path) {
			words = nil // warned of already
		}
		for _, word := range words {
			l.warn(path, text, RuleGibberish, fmt.Sprintf("the encoder does not know the word %q", word),
				"say it in plain English words for what the camera sees")
		}
		l.length(text, path)
	})
}

func (l *linter) duplicates() {
	type place struct{ path, class string }
	first := map[string]place{}
	l.each(func(c *linted, i int, path string) {
		key := normal(c.prompts[i].Text)
		before, twice := first[key]
		switch {
		case !twice:
			first[key] = place{path, c.name}
		case before.class == c.name:
			l.warn(path, c.prompts[i].Text, RuleDuplicate, fmt.Sprintf("it says what %s says", before.path), "remove one, or give one a weight of 2")
		default:
			l.warn(path, c.prompts[i].Text, RuleDuplicate, fmt.Sprintf("it says what %s says, of another class", before.path), "keep it in the class that it belongs to")
		}
	})
}
