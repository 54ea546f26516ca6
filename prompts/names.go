package prompts

import (
	"math"
	"slices"

	"pristine/names"
	"pristine/verdict"
)

// leastTextShare is the smallest share of the defects' softmax, at the worst place, at
// which a defect is named by text. It was measured with bundle pocket 1.5.0, part.yaml
// and four references on 330 bad pictures: one set of photos, two lines of the built-in
// camera and three rendered lots. Half of them show kinds that the set does not have. A
// limit of 0.5 gave 71 right and 115 wrong names, 0.8 gave 51 and 33, 0.9 gave 36 and
// 11, 0.95 gave 22 and 3.
const leastTextShare = 0.9

// named is scratch memory for naming defects.
type named struct {
	looks names.Looks
	cells []int // the worst of the map
	mean  []float32
	query []float32 // a cell's features, at the level of the references
}

// setName sets the name of the defect. It also sets the class of the worst place if the
// name comes from labels: a name from text is a guess, and a place cannot show that. A
// picture that passes, or is unknown, gets no name. If there are labels, text names
// nothing. If the set's limits depend on the kind of a defect (Set.Verdicts,
// Set.Accept), the name is the one by which the limits were applied.
func (b *Bank) setName(o *Observation, s *Scores) {
	s.Name = verdict.Name{}
	if s.Defect < b.Set.Thresholds.Review || s.Unknown {
		return
	}
	switch {
	case b.reviews || len(b.Set.Accept) > 0:
		s.Name = verdict.Name{Defect: s.Top, Severity: s.Severity, By: verdict.ByText, Share: s.topShare}
		return
	case b.labelled:
		s.Name = b.nameByLabels(o, s)
	case b.textSeparates(s) && s.topShare >= leastTextShare:
		s.Name = verdict.Name{Defect: s.Top, Severity: s.Severity, By: verdict.ByText, Share: s.topShare}
	}
	for i := range s.Places {
		s.Places[i].Class, s.Places[i].Severity = "", ""
		if i == 0 && s.Name.By == verdict.ByLabels {
			s.Places[i].Class, s.Places[i].Severity = s.Name.Defect, s.Name.Severity
		}
	}
}

// textSeparates reports whether the text score of this picture is worse than that of
// every good reference.
func (b *Bank) textSeparates(s *Scores) bool {
	if b.references == nil {
		return b.separatesDefects
	}
	return b.separatesDefects && b.references.text.adds(s.Text, TextAuto) > 0
}

// nameByLabels names the defect by the labelled references.
func (b *Bank) nameByLabels(o *Observation, s *Scores) verdict.Name {
	if b.names == nil {
		return verdict.Name{}
	}
	b.look(o, s)
	kind, share := b.names.Name(&s.named.looks)
	if kind == "" {
		return verdict.Name{}
	}
	return verdict.Name{Defect: kind, Severity: b.severityOf(kind), By: verdict.ByLabels, Share: share}
}

// severityOf returns the severity of a defect, or "" if the set has no defect of that
// name.
func (b *Bank) severityOf(kind string) verdict.Severity {
	for i := range b.classes {
		if c := &b.classes[i]; c.kind == Defect && c.name == kind {
			return c.severity
		}
	}
	return ""
}

// learnNames learns the names of defects from the bad references with a kind. It skips
// references that were stored in another form than the bank compares.
func (b *Bank) learnNames() {
	b.names, b.labelled = nil, false
	var examples []names.Example
	var s Scores
	for i := range b.references.pictures {
		p := &b.references.pictures[i]
		if !p.Bad || p.Kind == "" {
			continue
		}
		b.labelled = true
		if looks, err := b.Looks(&p.Seen, &s); err == nil {
			examples = append(examples, names.Example{Kind: p.Kind, Looks: looks})
		}
	}
	b.names = names.Learn(examples)
}

// Labelled reports whether the bank has labelled references of bad parts.
func (b *Bank) Labelled() bool { return b.labelled }

// Names returns the classifier that names the bank's defects, or nil if there are too
// few labels.
func (b *Bank) Names() *names.Classifier { return b.names }

// Looks scores an observation and returns the appearance of its worst place.
func (b *Bank) Looks(o *Observation, s *Scores) (names.Looks, error) {
	if err := b.Score(o, s); err != nil {
		return names.Looks{}, err
	}
	return b.LooksOf(o, s), nil
}

// LooksOf returns the appearance of the worst place of an observation that was just
// scored.
func (b *Bank) LooksOf(o *Observation, s *Scores) names.Looks {
	b.look(o, s)
	return names.Looks{Vectors: slices.Clone(s.named.looks.Vectors), Measures: slices.Clone(s.named.looks.Measures)}
}

// lookedAt is the number of a map's worst cells that are used. With 6 to 12 of 1,296
// cells the share of right names varied by a point; with 3 or 20 it was two points
// lower. Of a small map at most one cell in lookedAtPart is used.
const (
	lookedAt     = 8
	lookedAtPart = 50
)

// look describes the worst place of a scored picture: the mean difference of its worst
// cells' features from the nearest good ones, the mean of their text embeddings, and its
// extent.
func (b *Bank) look(o *Observation, s *Scores) {
	n := &s.named
	n.looks.Vectors, n.looks.Measures = n.looks.Vectors[:0], n.looks.Measures[:0]
	n.worstCells(s.Map)
	n.clearMean(b.bundle.Dim)
	for _, at := range n.cells {
		v, _ := b.embeddingAt(o, s, at)
		n.add(v, nil)
	}
	if len(n.cells) == 0 {
		n.add(o.Embedding, nil)
	}
	n.appendMean()
	if r := b.references; r != nil {
		finest := r.finest()
		features, grid := finest.of(o)
		n.clearMean(finest.dim)
		for _, at := range n.cells {
			n.query = append(n.query[:0], features[cell(at, s.MapGrid, grid)*finest.dim:][:finest.dim]...)
			move(n.query, finest.dim, finest.dim, s.offsets[len(r.scales)-1])
			n.add(n.query, finest.nearest(n.query))
		}
		n.appendMean()
	}
	n.measure(s.Map, s.MapGrid)
}

// nearest returns the features of the nearest patch in memory.
func (s *scale) nearest(q []float32) []float32 {
	best, highest := 0, float32(math.Inf(-1))
	for at := 0; at+s.dim < len(s.memory); at += s.dim + 1 {
		if c := dot(q, s.memory[at:at+s.dim]); c > highest {
			best, highest = at, c
		}
	}
	return s.memory[best : best+s.dim]
}

// worstCells finds the highest cells of a map, the highest first.
func (n *named) worstCells(m []float32) {
	n.cells = n.cells[:0]
	most := min(lookedAt, max(len(m)/lookedAtPart, 1))
	for i, v := range m {
		if len(n.cells) == most && v <= m[n.cells[most-1]] {
			continue
		}
		if len(n.cells) < most {
			n.cells = append(n.cells, i)
		} else {
			n.cells[most-1] = i
		}
		for k := len(n.cells) - 1; k > 0 && m[n.cells[k]] > m[n.cells[k-1]]; k-- {
			n.cells[k], n.cells[k-1] = n.cells[k-1], n.cells[k]
		}
	}
}

func (n *named) clearMean(dim int) {
	n.mean = grow(n.mean, dim)
	clear(n.mean)
}

func (n *named) add(v, less []float32) {
	for i := range n.mean {
		n.mean[i] += v[i]
		if less != nil {
			n.mean[i] -= less[i]
		}
	}
}

func (n *named) appendMean() {
	length := max(norm(n.mean), 1e-9)
	for _, v := range n.mean {
		n.looks.Vectors = append(n.looks.Vectors, float32(float64(v)/length))
	}
}

// measure appends the extent of the worst place: the shares of the map above fractions
// of its peak, and its spread in cells, as logarithms.
func (n *named) measure(m []float32, grid [2]int) {
	if len(m) == 0 {
		return
	}
	peak := 0.0
	for _, at := range n.cells {
		peak += float64(m[at]) / float64(len(n.cells))
	}
	peak = max(peak, 1e-6)
	for _, part := range [...]float64{0.3, 0.5, 0.7} {
		above := 0
		for _, v := range m {
			if float64(v) > part*peak {
				above++
			}
		}
		n.looks.Measures = append(n.looks.Measures, math.Log(float64(above)/float64(len(m))+1e-3))
	}
	n.looks.Measures = append(n.looks.Measures, math.Log(spreadAbove(m, grid, peak/2)+1e-3))
}

// spreadAbove returns the variance, in square cells, of the map above a level, along its
// longest axis.
func spreadAbove(m []float32, grid [2]int, level float64) float64 {
	var sum, sx, sy, sxx, syy, sxy float64
	for i, v := range m {
		w := float64(v) - level
		if w <= 0 {
			continue
		}
		x, y := float64(i%grid[1]), float64(i/grid[1])
		sum, sx, sy = sum+w, sx+w*x, sy+w*y
		sxx, syy, sxy = sxx+w*x*x, syy+w*y*y, sxy+w*x*y
	}
	if sum == 0 {
		return 0
	}
	mx, my := sx/sum, sy/sum
	vx, vy, vxy := sxx/sum-mx*mx, syy/sum-my*my, sxy/sum-mx*my
	return (vx+vy)/2 + math.Hypot((vx-vy)/2, vxy)
}
