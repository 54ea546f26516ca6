package polygon

import "image"

// Row returns the runs of a row's pixels that lie within, from left to right.
func (m *Mask) Row(y int) []Span { return m.rows[y] }

// Pixels counts the pixels within.
func (m *Mask) Pixels() int { return m.pixels }

// Whole reports whether every pixel lies within.
func (m *Mask) Whole() bool { return m.pixels == m.width*m.height }

// Contains reports whether a pixel lies within.
func (m *Mask) Contains(x, y int) bool {
	for _, s := range m.rows[y] {
		if x >= s.From && x < s.To {
			return true
		}
	}
	return false
}

// Cells reports, for each of rows×columns cells of a part of the picture, whether at
// least a quarter of its pixels lie within, so that cells at the edge of the polygon
// count, too.
func (m *Mask) Cells(part image.Rectangle, rows, columns int) []bool {
	within := make([]bool, rows*columns)
	for row := range rows {
		for column := range columns {
			cell := image.Rect(
				part.Min.X+column*part.Dx()/columns, part.Min.Y+row*part.Dy()/rows,
				part.Min.X+(column+1)*part.Dx()/columns, part.Min.Y+(row+1)*part.Dy()/rows)
			pixels := m.count(cell)
			within[row*columns+column] = pixels > 0 && 4*pixels >= cell.Dx()*cell.Dy()
		}
	}
	return within
}

// count returns the pixels within that lie in a part of the picture.
func (m *Mask) count(part image.Rectangle) (n int) {
	for y := part.Min.Y; y < part.Max.Y; y++ {
		for _, s := range m.rows[y] {
			n += max(min(s.To, part.Max.X)-max(s.From, part.Min.X), 0)
		}
	}
	return n
}

// Paint writes a part of a packed BGR picture to out, with one colour wherever
// it does not lie within. The rest of out is left as it is.
func (m *Mask) Paint(out, pix []byte, part image.Rectangle, colour [3]byte) {
	for y := part.Min.Y; y < part.Max.Y; y++ {
		from, to := 3*(y*m.width+part.Min.X), 3*(y*m.width+part.Max.X)
		row := out[from:to]
		for i := 0; i < len(row); i += 3 {
			row[i], row[i+1], row[i+2] = colour[0], colour[1], colour[2]
		}
		for _, s := range m.rows[y] {
			if a, b := max(s.From, part.Min.X), min(s.To, part.Max.X); a < b {
				copy(out[3*(y*m.width+a):3*(y*m.width+b)], pix[3*(y*m.width+a):])
			}
		}
	}
}

// Restore writes the pixels of a packed BGR picture that do not lie within to
// out.
func (m *Mask) Restore(out, pix []byte) {
	for y, row := range m.rows {
		from := 0
		for _, s := range row {
			copy(out[3*(y*m.width+from):3*(y*m.width+s.From)], pix[3*(y*m.width+from):])
			from = s.To
		}
		copy(out[3*(y*m.width+from):3*(y+1)*m.width], pix[3*(y*m.width+from):])
	}
}

// Mark returns a mask of the pixels for which within returns true.
func Mark(width, height int, within func(x, y int) bool) *Mask {
	m := &Mask{width: width, height: height, rows: make([][]Span, height)}
	for y := range m.rows {
		for x := 0; x < width; x++ {
			from := x
			for x < width && within(x, y) {
				x++
			}
			if x > from {
				m.rows[y] = append(m.rows[y], Span{from, x})
				m.pixels += x - from
			}
		}
	}
	return m
}
