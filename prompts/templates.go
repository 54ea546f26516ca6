package prompts

import (
	"fmt"
	"strings"
)

// Templates are sentences around a state, which {} stands for. In a file they are a
// list, or one of the words winclip and none.
type Templates []string

// UnmarshalText reads the short form.
func (t *Templates) UnmarshalText(text []byte) error {
	switch string(text) {
	case "winclip":
		*t = winclip()
	case "none":
		*t = Templates{"{}"}
	default:
		return fmt.Errorf("must be winclip, none, or a list of sentences with {} in the place of the state (got %q)", text)
	}
	return nil
}

// pristineStates and defectStates are the defaults of a set. They are those of
// WinCLIP's table of prompts (Jeong et al., CVPR 2023) with "broken", which APRIL-GAN
// adds.
var (
	pristineStates = []string{"{}", "flawless {}", "perfect {}", "unblemished {}", "{} without flaw", "{} without defect", "{} without damage"}
	defectStates   = []string{"damaged {}", "broken {}", "{} with flaw", "{} with defect", "{} with damage"}
)

// winclip returns the 22 templates of WinCLIP's table: eleven, with either article.
func winclip() Templates {
	var all Templates
	for _, t := range []string{
		"a photo of %s {}", "a cropped photo of %s {}", "a close-up photo of %s {}", "a bright photo of %s {}", "a dark photo of %s {}",
		"a blurry photo of %s {}", "a jpeg corrupted photo of %s {}", "a photo of %s small {}", "a photo of %s large {}",
		"a photo of %s {} for visual inspection", "a photo of %s {} for anomaly detection",
	} {
		all = append(all, fmt.Sprintf(t, "a"), fmt.Sprintf(t, "the"))
	}
	return all
}

// phrase returns a state with its object.
func (s *Set) phrase(state string) string {
	return strings.TrimSpace(strings.ReplaceAll(state, "{}", s.Object))
}

// Sentences returns a state in each template.
func (s *Set) Sentences(state string) []string {
	all := make([]string, len(s.Templates))
	for i, t := range s.Templates {
		all[i] = article(strings.ReplaceAll(t, "{}", s.phrase(state)))
	}
	return all
}

// article changes "a" to "an" before a vowel, and drops the template's article if the
// state has its own.
func article(sentence string) string {
	words := strings.Fields(sentence)
	out := words[:0]
	for i, w := range words {
		next := ""
		if i+1 < len(words) {
			next = words[i+1]
		}
		if (w == "a" || w == "the") && (next == "a" || next == "an" || next == "the") {
			continue
		}
		if w == "a" && next != "" && strings.ContainsRune("aeiouAEIOU", rune(next[0])) {
			w = "an"
		}
		out = append(out, w)
	}
	return strings.Join(out, " ")
}
