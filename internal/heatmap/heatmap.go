package heatmap

import (
	"fmt"
	"strings"
)

// opacity of level 1.
const opacity = 0.7

// stops are the palette from level 0 to level 1, RGB: YlOrRd of ColorBrewer 2.0.
func stops() [5][3]float64 {
	return [5][3]float64{{255, 237, 160}, {254, 217, 118}, {254, 178, 76}, {240, 59, 32}, {189, 0, 38}}
}

// Colour returns the colour of a level, RGB, and how much of it covers the
// picture. Levels outside [0, 1] are those of its ends.
func Colour(level float64) (rgb [3]uint8, cover float64) {
	level = min(max(level, 0), 1)
	if level != level {
		level = 1
	}
	all := stops()
	at := level * float64(len(all)-1)
	i := min(int(at), len(all)-2)
	for c := range rgb {
		rgb[c] = uint8(all[i][c] + (all[i+1][c]-all[i][c])*(at-float64(i)) + 0.5)
	}
	return rgb, opacity * level
}

// CSS returns the palette as a gradient for a style sheet, from level 0 on the
// left to level 1.
func CSS() string {
	var colours []string
	for _, s := range stops() {
		colours = append(colours, fmt.Sprintf("rgb(%.0f %.0f %.0f)", s[0], s[1], s[2]))
	}
	return "linear-gradient(to right, " + strings.Join(colours, ", ") + ")"
}

func blend(bgr []byte, level float64) {
	rgb, cover := Colour(level)
	for c := range 3 {
		bgr[2-c] = byte((1-cover)*float64(bgr[2-c]) + cover*float64(rgb[c]))
	}
}
