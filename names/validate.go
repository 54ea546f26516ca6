package names

import (
	"math/rand/v2"
	"slices"
)

// Called is how the pictures of one kind were named, as the mean of the draws.
type Called struct {
	Kind    string         `json:"kind"`
	N       int            `json:"n"`       // pictures that were named in a draw
	Right   float64        `json:"right"`   // shares of them
	Wrong   float64        `json:"wrong"`   //
	Unnamed float64        `json:"unnamed"` //
	As      map[string]int `json:"as"`      // times that each name was given, over all draws; "" is none
}

// Table shows how the pictures of each kind were named.
type Table struct {
	Labels  int      `json:"labels"` // pictures of each kind that the names were learned from; 0 where they were not
	Draws   int      `json:"draws"`
	Kinds   []Called `json:"kinds"`
	Right   float64  `json:"right"` // of all pictures
	Wrong   float64  `json:"wrong"`
	Unnamed float64  `json:"unnamed"`
}

// Validate draws the given number of labelled examples of each kind, learns from them
// and names the others, several times (repeated random sub-sampling validation). Of a
// kind with fewer examples it holds out one. It returns nil if there are not two kinds
// with more than Least examples.
func Validate(examples []Example, labels, draws int, seed uint64) *Table {
	examples = slices.Clone(examples)
	slices.SortStableFunc(examples, compare)
	byKind := map[string][]int{}
	for i, e := range examples {
		byKind[e.Kind] = append(byKind[e.Kind], i)
	}
	for kind, all := range byKind {
		if len(all) <= Least {
			delete(byKind, kind)
		}
	}
	if len(byKind) < 2 || labels < Least {
		return nil
	}
	r := rand.New(rand.NewPCG(seed, 0))
	var given []Given
	for range draws {
		var learn []Example
		var rest []int
		for _, kind := range sorted(byKind) {
			all := slices.Clone(byKind[kind])
			r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
			k := min(labels, len(all)-1)
			for _, i := range all[:k] {
				learn = append(learn, examples[i])
			}
			rest = append(rest, all[k:]...)
		}
		c := Learn(learn)
		for _, i := range rest {
			name, _ := c.Name(&examples[i].Looks)
			given = append(given, Given{examples[i].Kind, name})
		}
	}
	t := Count(given, draws)
	t.Labels = labels
	return t
}

// Given is the name that a picture of a kind got; "" is none.
type Given struct{ Kind, Name string }

// Count makes a table from the names of several draws.
func Count(given []Given, draws int) *Table {
	t, at := &Table{Draws: draws}, map[string]*Called{}
	for _, g := range given {
		c := at[g.Kind]
		if c == nil {
			c = &Called{Kind: g.Kind, As: map[string]int{}}
			at[g.Kind] = c
		}
		c.N++
		c.As[g.Name]++
	}
	for _, kind := range sorted(at) {
		c, n := at[kind], float64(at[kind].N)
		c.Right, c.Unnamed = float64(c.As[kind])/n, float64(c.As[""])/n
		c.Wrong = float64(c.N-c.As[kind]-c.As[""]) / n
		part := n / float64(len(given))
		t.Right, t.Wrong, t.Unnamed = t.Right+part*c.Right, t.Wrong+part*c.Wrong, t.Unnamed+part*c.Unnamed
		c.N /= max(draws, 1)
		t.Kinds = append(t.Kinds, *c)
	}
	return t
}

func sorted[V any](m map[string]V) []string {
	all := make([]string, 0, len(m))
	for k := range m {
		all = append(all, k)
	}
	slices.Sort(all)
	return all
}
