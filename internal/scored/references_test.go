package scored

import (
	"strings"
	"testing"

	"pristine/prompts"
)

// What is said of references that are not turned names a remedy that helps.
func TestTurned_SaysWhatHelps(t *testing.T) {
	for _, c := range []struct {
		option prompts.Turned
		good   int
		want   string
	}{
		{prompts.TurnedAuto, 1, "Nothing passes by a single one until the set is calibrated: add three or more"},
		{prompts.TurnedAuto, 2, "so few do not show how parts lie"},
		{prompts.TurnedAuto, 3, "add the same pictures again to have them"},
		{prompts.TurnedNever, 3, "turned ones are not in use (turned: never)"},
	} {
		r := prompts.NewReferences("b", nil)
		for range c.good {
			o := prompts.Observation{Bundle: "b", Embedding: []float32{1, 0}, Features: []float32{1, 0, 0, 1}, FeatureGrid: [2]int{1, 2}}
			if err := r.Add(&o); err != nil {
				t.Fatal(err)
			}
		}
		if use, words := Turned(r, c.option); use || !strings.HasPrefix(words, "turned ones are not in use") || !strings.HasSuffix(words, c.want) {
			t.Errorf("turned: %s, %d good: %v, %q, want %q", c.option, c.good, use, words, c.want)
		}
	}
}
