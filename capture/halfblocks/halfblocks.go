package halfblocks

import (
	"bufio"
	"fmt"
	"io"

	"pristine/capture"
)

// Draw writes the frame, columns characters wide at most.
func Draw(w io.Writer, f *capture.Frame, columns int) error {
	columns = min(columns, f.Width)
	if columns <= 0 || f.Height <= 0 {
		return nil
	}
	rows := max(f.Height*columns/f.Width/2*2, 2)
	out := bufio.NewWriter(w)
	for row := 0; row < rows; row += 2 {
		for col := range columns {
			ub, ug, ur := mean(f, col, row, columns, rows)
			lb, lg, lr := mean(f, col, row+1, columns, rows)
			fmt.Fprintf(out, "\x1b[38;2;%d;%d;%d;48;2;%d;%d;%dm▀", ur, ug, ub, lr, lg, lb)
		}
		fmt.Fprint(out, "\x1b[0m\n")
	}
	return out.Flush()
}

// mean returns the mean colour of one of columns × rows cells.
func mean(f *capture.Frame, col, row, columns, rows int) (b, g, r int) {
	x0, x1 := col*f.Width/columns, max((col+1)*f.Width/columns, col*f.Width/columns+1)
	y0 := min(row*f.Height/rows, f.Height-1)
	y1 := min(max((row+1)*f.Height/rows, y0+1), f.Height)
	n := (x1 - x0) * (y1 - y0)
	for y := y0; y < y1; y++ {
		for x := x0; x < x1; x++ {
			p := f.Pix[3*(y*f.Width+x):][:3]
			b, g, r = b+int(p[0]), g+int(p[1]), r+int(p[2])
		}
	}
	return b / n, g / n, r / n
}
