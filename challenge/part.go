package challenge

import (
	"image"
	"math"
	"slices"
)

// cellsAcross is the number of cells along the longer side of the view.
const cellsAcross = 64

// If the part would cover less of the view than leastPart, or more than mostPart, it
// cannot be separated from the background, and the whole view counts as the part.
const (
	leastPart = 0.02
	mostPart  = 0.95
)

// A look that a tenth of the border cells share is background; fewer cells may be a
// part that the border cuts. likeBorder is the share of border cells that are certain
// to be background.
const (
	ofBorder   = 0.06
	likeBorder = 0.75
)

// ofGap is the smallest limit, as a share of the way to the gap between cells like the
// border and others. Light is uneven, so background in the middle differs a little from
// that of the border.
const ofGap = 0.6

// Area is the set of cells of the view that show the part in one picture.
type Area struct {
	view          image.Rectangle
	cell          int // side in pixels
	rows, columns int
	on            []bool
	cells         []int // that are on
	bounds        image.Rectangle
	whole         bool
}

// Contains reports whether a pixel lies on the part.
func (a *Area) Contains(x, y int) bool {
	if !image.Pt(x, y).In(a.view) {
		return false
	}
	row, column := (y-a.view.Min.Y)/a.cell, (x-a.view.Min.X)/a.cell
	return row < a.rows && column < a.columns && a.on[row*a.columns+column]
}

// Extent returns the longer side of the box around the part, in pixels.
func (a *Area) Extent() int { return max(a.bounds.Dx(), a.bounds.Dy()) }

// Share returns the share of the view that the part covers, in [0, 1].
func (a *Area) Share() float64 { return float64(len(a.cells)) / float64(a.rows*a.columns) }

// Whole reports whether the part could not be separated from the background.
func (a *Area) Whole() bool { return a.whole }

// look describes a cell: mean blue, green and red, and the spread of grey levels.
type look [4]float64

func (l look) distance(m look) float64 {
	sum := 0.0
	for i := range l {
		sum += (l[i] - m[i]) * (l[i] - m[i])
	}
	return math.Sqrt(sum)
}

// Parts finds the part in each picture. Cells that look like the border of any picture
// are background. If the borders vary as much as the rest, as with a board that fills
// the view, the whole view is the part.
func Parts(pictures []*Picture) ([]*Area, error) {
	areas, looks := make([]*Area, len(pictures)), make([][]look, len(pictures))
	border := background{}
	for i, p := range pictures {
		var err error
		if areas[i], looks[i], err = cellsOf(p); err != nil {
			return nil, err
		}
		for at, l := range looks[i] {
			if areas[i].on[at] && areas[i].atBorder(at) {
				border.looks = append(border.looks, l)
			}
		}
	}
	limit := border.limit()
	distances, all := make([][]float64, len(pictures)), []float64(nil)
	for i, a := range areas {
		distances[i] = make([]float64, len(a.on))
		for at, l := range looks[i] {
			if a.on[at] {
				distances[i][at] = border.nearest(l)
				all = append(all, distances[i][at])
			}
		}
	}
	limit = max(limit, ofGap*gap(all))
	for i, a := range areas {
		all := slices.Clone(a.on)
		for at, d := range distances[i] {
			a.on[at] = a.on[at] && d > limit
		}
		a.clean()
		a.gather()
		if share := a.Share(); share < leastPart || share > mostPart {
			a.on, a.whole = all, true
			a.gather()
		}
	}
	return areas, nil
}

func cellsOf(p *Picture) (*Area, []look, error) {
	view, err := p.view()
	if err != nil {
		return nil, nil, err
	}
	a := &Area{view: view, cell: max((max(view.Dx(), view.Dy())+cellsAcross-1)/cellsAcross, 2)}
	a.rows, a.columns = max(view.Dy()/a.cell, 1), max(view.Dx()/a.cell, 1)
	a.on = make([]bool, a.rows*a.columns)
	looks := make([]look, len(a.on))
	for at := range looks {
		r := a.rect(at)
		var l look
		n, squares, sum, inside := 0.0, 0.0, 0.0, 0
		for y := r.Min.Y; y < r.Max.Y; y++ {
			for x := r.Min.X; x < r.Max.X; x++ {
				bgr := p.at(x, y)
				for c := range 3 {
					l[c] += float64(bgr[c])
				}
				g := grey(bgr)
				n, sum, squares = n+1, sum+g, squares+g*g
				if p.inside(x, y) {
					inside++
				}
			}
		}
		for c := range 3 {
			l[c] /= n
		}
		l[3] = math.Sqrt(max(squares/n-sum*sum/n/n, 0))
		looks[at], a.on[at] = l, 2*inside > int(n)
	}
	return a, looks, nil
}

// rect returns the pixels of a cell.
func (a *Area) rect(at int) image.Rectangle {
	corner := a.view.Min.Add(image.Pt(at%a.columns*a.cell, at/a.columns*a.cell))
	return image.Rectangle{Min: corner, Max: corner.Add(image.Pt(a.cell, a.cell))}.Intersect(a.view)
}

func (a *Area) atBorder(at int) bool { return a.within(at, 1) }

// within reports whether a cell is within that many cells of the border.
func (a *Area) within(at, cells int) bool {
	row, column := at/a.columns, at%a.columns
	return min(row, column, a.rows-1-row, a.columns-1-column) < cells
}

func (a *Area) gather() {
	a.cells, a.bounds = a.cells[:0], image.Rectangle{}
	for at, on := range a.on {
		if on {
			a.cells = append(a.cells, at)
			a.bounds = a.bounds.Union(a.rect(at))
		}
	}
}
