package names

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// examples are pictures of kinds that lie spread apart along an axis each.
func examples(kinds []string, each int, spread float64) []Example {
	r := rand.New(rand.NewPCG(1, 2))
	var all []Example
	for k, kind := range kinds {
		for range each {
			v := make([]float32, 16)
			v[k] = 1
			for i := range v {
				v[i] += float32(spread * r.NormFloat64())
			}
			all = append(all, Example{kind, Looks{v, []float64{float64(k) + spread*r.NormFloat64(), 5}}})
		}
	}
	return all
}

func TestKindsThatLieApartAreNamed(t *testing.T) {
	kinds := []string{"crack", "dent", "stain"}
	c := Learn(examples(kinds, 5, 0.1))
	if got := c.Check(); got.Right != 15 || !got.Apart {
		t.Errorf("cross-validation says %+v", got)
	}
	fresh := examples(kinds, 50, 0.1)[15:]
	right := 0
	for _, e := range fresh {
		if name, share := c.Name(&e.Looks); name == e.Kind && share >= LeastShare && share <= 1 {
			right++
		}
	}
	if right < len(fresh)*95/100 {
		t.Errorf("%d of %d right", right, len(fresh))
	}
}

func TestKindsThatCannotBeToldApartAreNotNamed(t *testing.T) {
	all := examples([]string{"one", "one", "one"}, 6, 0.1)
	for i := range all {
		all[i].Kind = []string{"a", "b", "c"}[i%3]
	}
	c := Learn(all)
	if c.Check().Apart {
		t.Errorf("%+v", c.Check())
	}
	for _, e := range all {
		if name, _ := c.Name(&e.Looks); name != "" {
			t.Errorf("named %s", name)
		}
	}
}

func TestAKindWithFewExamplesIsNotNamed(t *testing.T) {
	kinds := []string{"crack", "dent", "stain"}
	all := examples(kinds, 5, 0.1)
	few := slices.Concat(all[:10], all[10:12]) // two stains
	c := Learn(few)
	for _, e := range all[10:] {
		if name, _ := c.Name(&e.Looks); name != "" {
			t.Errorf("a stain is named %s", name)
		}
	}
	if name, _ := c.Name(&all[0].Looks); name != "crack" {
		t.Errorf("a crack is named %q", name)
	}
	if Learn(all[:5]) != nil || Learn(nil) != nil || Learn(slices.Concat(all[:5], all[5:7])) != nil {
		t.Error("one kind alone was learned")
	}
}

// Labels that say nothing are refused, whichever of them happen to come: of 200 draws
// few pass, and of those that do few pictures are named.
func TestLabelsThatSayNothingAreRefused(t *testing.T) {
	r, named := rand.New(rand.NewPCG(3, 4)), 0
	for range 200 {
		all := examples([]string{"a", "a"}, 5, 0.3)
		for i := range all {
			all[i].Kind = []string{"a", "b", "c"}[r.IntN(3)]
		}
		c := Learn(all)
		if c == nil {
			continue
		}
		fresh := examples([]string{"a", "a"}, 6, 0.3)[11]
		if name, _ := c.Name(&fresh.Looks); name != "" {
			named++
		}
	}
	if named > 20 {
		t.Errorf("%d of 200 draws of random labels give a name", named)
	}
}

func TestTheOrderOfExamplesChangesNothing(t *testing.T) {
	all := examples([]string{"crack", "dent", "stain"}, 6, 0.4)
	a := Learn(all)
	slices.Reverse(all)
	b := Learn(all)
	for _, e := range all {
		nameA, shareA := a.Name(&e.Looks)
		nameB, shareB := b.Name(&e.Looks)
		if nameA != nameB || shareA != shareB {
			t.Fatalf("%s %v, and in other order %s %v", nameA, shareA, nameB, shareB)
		}
	}
}

func TestNameAllocatesNothing(t *testing.T) {
	all := examples([]string{"crack", "dent"}, 5, 0.1)
	c := Learn(all)
	if n := testing.AllocsPerRun(100, func() { c.Name(&all[0].Looks) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestValidateCountsEachPictureThatWasNotLearned(t *testing.T) {
	table := Validate(examples([]string{"crack", "dent"}, 9, 0.1), 5, 10, 1)
	if table.Labels != 5 || len(table.Kinds) != 2 || table.Kinds[0].N != 4 || table.Right < 0.95 || math.Abs(table.Right+table.Wrong+table.Unnamed-1) > 1e-9 {
		t.Errorf("%+v; want table.Labels == 5, len(table.Kinds) == 2, table.Kinds[0].N == 4, table.Right >= 0.95, math.Abs(table.Right+table.Wrong+table.Unnamed-1) <= 1e-9", table)
	}
	for _, c := range table.Kinds {
		sum := 0
		for _, n := range c.As {
			sum += n
		}
		if sum != 40 {
			t.Errorf("%s was named %d times", c.Kind, sum)
		}
	}
	if Validate(examples([]string{"crack", "dent"}, Least, 0.1), 5, 10, 1) != nil || Validate(nil, 5, 10, 1) != nil {
		t.Error("too few pictures give a table")
	}
}
