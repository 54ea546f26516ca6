package prompts

import (
	"errors"
	"fmt"
	"math"
	"sort"
)

// fit measures the maps and scores of each reference against the others and
// so gives the scales by which an unseen picture is judged. With a single
// reference its distances are measured within the picture itself, between its
// halves.
func (r *References) fit(b *Bank) (*References, error) {
	f := *r
	if err := f.gather(); err != nil {
		return nil, fmt.Errorf("fit references: %w", err)
	}
	cosines, err := f.match(b.Set.Turned)
	if err != nil {
		return nil, fmt.Errorf("fit references: %w", err)
	}
	f.hash = f.hashOf(f.turned)
	if err := f.fitBad(); err != nil {
		return nil, fmt.Errorf("fit references: %w", err)
	}
	distances, err := f.distancesOf(cosines)
	if err != nil {
		return nil, fmt.Errorf("fit references: %w", err)
	}
	f.featureMean, f.featureStd = moments(distances)
	texts := make([]float64, f.good) // Scores.Text of each
	if b.says && b.Set.TextWeight > 0 {
		f.fitText(b, texts)
	}
	patches := r.grid[0] * r.grid[1]
	scores, z, scratch := make([]float32, f.good), make([]float32, patches), []float32(nil)
	for i := range f.good {
		for k := range z {
			z[k] = float32(f.featureZ(distances[i*patches+k]))
		}
		scores[i] = float32(top(z, &scratch) + b.Set.TextWeight*f.textZ(texts[i], f.textCenter))
	}
	f.setGood(scores, f.unseen())
	return &f, nil
}

// gather begins the memory: the good pictures as they are.
func (r *References) gather() error {
	r.good, r.turned, r.memory, r.badMemory = 0, false, nil, nil
	for _, p := range r.pictures {
		if !p.Bad {
			features, _ := p.Seen.features()
			r.memory = append(r.memory, features...)
			r.good++
		}
	}
	if r.good == 0 {
		return errors.New("there are none: add at least one good picture")
	}
	return nil
}

// fitText sets the scale of the text score and fills in that of each good
// reference.
func (r *References) fitText(b *Bank, scores []float64) {
	var maps []float32
	var s Scores
	pictures, next := 0.0, 0
	for i := range r.pictures {
		p := &r.pictures[i]
		if p.Bad {
			continue
		}
		s.text, s.textGrid = s.text[:0], [2]int{}
		b.textMap(&p.Seen, &s)
		b.tileMap(&p.Seen, &s)
		maps = append(maps, s.text...)
		picture := b.pictureText(&p.Seen)
		pictures += picture / float64(r.good)
		scores[next] = picture
		if len(s.text) > 0 {
			scores[next] += top(s.text, &s.sorted)
		}
		next++
	}
	if len(maps) > 0 {
		r.textMean, r.textStd = moments(maps)
		r.textCenter = r.textMean + pictures
	}
}

// fitBad keeps of each bad picture the patches that are farthest from all good
// ones: the rest of a bad part is as good as any.
func (r *References) fitBad() error {
	patches := r.grid[0] * r.grid[1]
	cosines, order := make([]float32, patches), make([]int, patches)
	for i := range r.pictures {
		p := &r.pictures[i]
		if !p.Bad {
			continue
		}
		features, _ := p.Seen.features()
		if err := r.matcher.MaxCosine(features, r.memory, r.dim, cosines); err != nil {
			return err
		}
		for k := range order {
			order[k] = k
		}
		sort.SliceStable(order, func(a, b int) bool { return cosines[order[a]] < cosines[order[b]] })
		for _, k := range order[:topCount(patches)] {
			r.badMemory = append(r.badMemory, features[k*r.dim:][:r.dim]...)
		}
	}
	return nil
}

// leaveOneOut gives the cosine of each good reference's patches with the nearest
// of the others', whose features, as they are or turned, are in shown; of a
// single reference as it is, of each half's patches with those of the other half.
func (r *References) leaveOneOut(shown []float32) ([]float32, error) {
	patches := r.grid[0] * r.grid[1]
	size, turns := patches*r.dim, len(shown)/r.good
	cosines := make([]float32, r.good*patches)
	if r.good == 1 {
		half := patches / 2
		upper, lower := shown[:half*r.dim], shown[half*r.dim:]
		return cosines, errors.Join(
			r.matcher.MaxCosine(upper, lower, r.dim, cosines[:half]),
			r.matcher.MaxCosine(lower, upper, r.dim, cosines[half:]))
	}
	others := make([]float32, 0, (r.good-1)*turns)
	for i := range r.good {
		others = append(append(others[:0], shown[:i*turns]...), shown[(i+1)*turns:]...)
		if err := r.matcher.MaxCosine(r.memory[i*size:(i+1)*size], others, r.dim, cosines[i*patches:(i+1)*patches]); err != nil {
			return nil, err
		}
	}
	return cosines, nil
}

// distancesOf gives the distances of those cosines, in their place, with what bad
// references add.
func (r *References) distancesOf(cosines []float32) ([]float32, error) {
	for i, c := range cosines {
		cosines[i] = distance(c)
	}
	if r.good == 1 || len(r.badMemory) == 0 {
		return cosines, nil
	}
	bad := make([]float32, len(cosines))
	if err := r.matcher.MaxCosine(r.memory[:len(bad)*r.dim], r.badMemory, r.dim, bad); err != nil {
		return nil, err
	}
	for i, d := range cosines {
		cosines[i] = besideBad(d, bad[i])
	}
	return cosines, nil
}

// besideBad adds to the distance to the nearest good patch what a bad one is
// nearer, if it is.
func besideBad(good, badCosine float32) float32 { return good + max(good-distance(badCosine), 0) }

// distance is the Euclidean distance of unit vectors with that cosine.
func distance(cosine float32) float32 {
	return float32(math.Sqrt(max(2-2*float64(cosine), 0)))
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
