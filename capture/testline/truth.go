package testline

import (
	"fmt"
	"image"
	"math/rand/v2"
	"strconv"
	"strings"
)

// Part is the ground truth of a part.
type Part struct {
	ID     string
	Defect string          // "" for a good part
	Box    image.Rectangle // of the defect, in pixels of the part's sprite
}

// defects are the kinds of defects that the line makes.
var defects = [...]string{"scratch", "crack", "dent", "stain", "chip", "missing"}

// partID names the part with an index from 0.
func partID(o Options, index int) string { return fmt.Sprintf("%s-%05d", o.Kind, index+1) }

// Truth returns what is wrong with the part that a line with these options named
// so, without its Box, which takes rendering; false when it names none.
func Truth(o Options, id string) (Part, bool) {
	index, ok := indexOf(o, id)
	if !ok {
		return Part{}, false
	}
	return Part{ID: id, Defect: defectOf(o, index)}, true
}

// Box renders a part to tell where its defect is; empty for a good part.
func Box(o Options, id string) image.Rectangle {
	index, ok := indexOf(o, id)
	if !ok {
		return image.Rectangle{}
	}
	return newSprite(o, index).truth.Box
}

func indexOf(o Options, id string) (int, bool) {
	number, found := strings.CutPrefix(id, o.Kind+"-")
	n, err := strconv.Atoi(number)
	return n - 1, found && err == nil && n > 0 && partID(o, n-1) == id
}

// random is the source of everything that varies with a part.
func random(o Options, index int, purpose uint64) *rand.Rand {
	return rand.New(rand.NewPCG(o.Seed<<8|purpose, uint64(index)))
}

// defectOf decides the defect of a part.
func defectOf(o Options, index int) string {
	r := random(o, index, 1)
	kind := defects[r.IntN(len(defects))]
	if index < o.GoodFirst || r.Float64() >= o.DefectRate {
		return ""
	}
	return kind
}
