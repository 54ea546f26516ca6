package search

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"path/filepath"

	"golang.org/x/image/font"
	"golang.org/x/image/font/basicfont"
	"golang.org/x/image/math/fixed"
)

// The contact sheet's measures, in pixels.
const (
	SheetCell    = 240 // side of a picture on it
	sheetCaption = 38
	sheetGap     = 12
	sheetColumns = 4
)

// Sheet lays pictures of at most SheetCell out in rows, the nearest first, each
// with its rank, cosine and name. Pictures and hits are as many.
func Sheet(hits []Hit, pictures []image.Image) *image.RGBA {
	columns := min(sheetColumns, max(len(hits), 1))
	rows := (len(hits) + columns - 1) / columns
	sheet := image.NewRGBA(image.Rect(0, 0, columns*(SheetCell+sheetGap)+sheetGap, rows*(SheetCell+sheetCaption+sheetGap)+sheetGap))
	draw.Draw(sheet, sheet.Bounds(), image.NewUniform(color.Gray{250}), image.Point{}, draw.Src)
	for i, hit := range hits {
		x := sheetGap + i%columns*(SheetCell+sheetGap)
		y := sheetGap + i/columns*(SheetCell+sheetCaption+sheetGap)
		b := pictures[i].Bounds()
		corner := image.Pt(x+(SheetCell-b.Dx())/2, y+(SheetCell-b.Dy())/2)
		draw.Draw(sheet, image.Rectangle{corner, corner.Add(b.Size())}, pictures[i], b.Min, draw.Src)
		caption(sheet, x, y+SheetCell+15, fmt.Sprintf("%d.  cosine %.3f", i+1, hit.Cosine), color.Gray{20})
		caption(sheet, x, y+SheetCell+31, end(filepath.Base(hit.Name)), color.Gray{110})
	}
	return sheet
}

func caption(on *image.RGBA, x, y int, text string, c color.Color) {
	d := font.Drawer{Dst: on, Src: image.NewUniform(c), Face: basicfont.Face7x13, Dot: fixed.P(x, y)}
	d.DrawString(text)
}

// end keeps as much of a name's end as fits under a picture.
func end(name string) string {
	const most = SheetCell / 7
	if r := []rune(name); len(r) > most {
		return "..." + string(r[len(r)-most+3:])
	}
	return name
}
