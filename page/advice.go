package page

import (
	"context"
	"fmt"
	"net/http"
	"sort"

	"pristine/history"
	"pristine/report"
)

// advice is what the labels of a period suggest.
type advice struct {
	Add      []history.Result // good parts that were not PASS, to become references
	Drop     []dropping
	Evaluate []evaluating
	May      bool // who looks is an engineer
}

// dropping is a reference that bad parts passed by.
type dropping struct {
	Reference
	Escapes []history.Result
}

// evaluating is a set whose labels speak against it.
type evaluating struct {
	report.ReviewedSet
	Words string
}

// Limits of advice: it is read at each decision.
const (
	mostToAdd   = 8
	mostEscapes = 20
	addedOf     = 24 // of the last good parts that were not PASS
	leastCalls  = 3  // false calls that ask for an evaluation
)

// advise returns what the labels of a period suggest for the cameras that run.
func (p *Page) advise(r *http.Request, h *history.History, period history.Period, sets []report.ReviewedSet) (*advice, error) {
	a := &advice{May: mayUse(r), Evaluate: p.toEvaluate(sets)}
	if p.options.References == nil {
		return a, nil
	}
	good, err := h.Parts(r.Context(), history.Filter{Period: period, Verdicts: []string{"FAIL", "REVIEW"}, Labelled: history.Good}, addedOf)
	if err != nil {
		return nil, err
	}
	used := map[string]map[string]bool{} // by camera: the parts that references were made of
	for _, part := range good {
		if _, listed := used[part.Camera]; !listed {
			used[part.Camera] = p.usedParts(r.Context(), &part)
		}
		if of := used[part.Camera]; of != nil && !of[part.Event] {
			a.Add = append(a.Add, part)
		}
	}
	sort.SliceStable(a.Add, func(i, j int) bool { return score(a.Add[i]) > score(a.Add[j]) })
	a.Add = a.Add[:min(len(a.Add), mostToAdd)]
	escapes, err := h.Parts(r.Context(), history.Filter{Period: period, Verdicts: []string{"PASS"}, Labelled: history.Bad}, mostEscapes)
	if err != nil {
		return nil, err
	}
	at := map[string]int{}
	for _, escape := range escapes {
		near, err := p.options.References.Near(r.Context(), &escape)
		if err != nil {
			continue
		}
		nearest := nearestGood(near)
		if nearest == nil {
			continue
		}
		i, ok := at[nearest.Camera+nearest.ID]
		if !ok {
			i = len(a.Drop)
			at[nearest.Camera+nearest.ID] = i
			known(r.Context(), h, nearest)
			a.Drop = append(a.Drop, dropping{Reference: *nearest})
		}
		a.Drop[i].Escapes = append(a.Drop[i].Escapes, escape)
	}
	return a, nil
}

// usedParts returns the events of the parts that references of a part's camera were made
// of; nil where the camera is gone, or compares with nothing.
func (p *Page) usedParts(ctx context.Context, part *history.Result) map[string]bool {
	near, err := p.options.References.Near(ctx, part)
	if err != nil || len(near) == 0 {
		return nil
	}
	used := map[string]bool{}
	for _, reference := range near {
		used[reference.Event] = true
	}
	return used
}

func nearestGood(near []Reference) *Reference {
	for i := range near {
		if !near[i].Bad && near[i].Cosine > 0 {
			return &near[i]
		}
	}
	return nil
}

func score(r history.Result) float64 {
	if r.Defect == nil {
		return 0
	}
	return *r.Defect
}

// toEvaluate are the sets that judge now and were wrong: any escape, or some false
// calls.
func (p *Page) toEvaluate(sets []report.ReviewedSet) []evaluating {
	now := map[string]string{}
	for _, c := range p.options.Status().Cameras {
		now[c.Name] = c.PromptSet
	}
	var all []evaluating
	seen := map[string]bool{}
	for _, s := range sets { // of each camera the newest first
		if seen[s.Camera] || now[s.Camera] != s.Set {
			continue
		}
		seen[s.Camera] = true
		escapes, calls := s.Escapes.K, s.FalseCalls.K
		if escapes == 0 && calls < leastCalls {
			continue
		}
		all = append(all, evaluating{s, fmt.Sprintf("%d of %d reviewed PASS were bad, %d of %d reviewed FAIL were good", escapes, s.Escapes.N, calls, s.FalseCalls.N)})
	}
	return all
}
