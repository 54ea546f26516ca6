package prompts

import (
	"math"
	"math/rand/v2"
	"testing"

	"pristine/evaluate"
)

// before is an observation of a part before a backdrop: a square of 6×6 patches in
// the middle of a grid, or where it is moved to, each of its cells with a look of its
// own. Spoiled, a cell of it looks otherwise; without a piece, cells of it show the
// backdrop. The backdrop may be cluttered by patches that are a little unlike it.
func before(seed uint64, clutter float64, spoiled, missing bool) *Observation {
	const side, dim = 14, 24
	r := rand.New(rand.NewPCG(seed, 2))
	o := &Observation{Bundle: "b", Embedding: at(0), FeatureGrid: [2]int{side, side}}
	for i := range side * side {
		y, x := i/side, i%side
		row := make([]float32, dim)
		looks := rand.New(rand.NewPCG(9, 9)) // of the backdrop
		inside := y >= 4 && y < 10 && x >= 4 && x < 10
		hole := missing && y >= 6 && y < 8 && x >= 6 && x < 8
		if inside && !hole {
			looks = rand.New(rand.NewPCG(1, uint64(i)))
		}
		noise := 0.2
		if !inside && r.IntN(8) == 0 {
			noise += clutter * r.Float64()
		}
		for k := range row {
			row[k] = float32(looks.NormFloat64() + noise*r.NormFloat64())
			if spoiled && y == 5 && x == 8 {
				row[k] += float32(0.5 * math.Cos(float64(k)))
			}
		}
		length := norm(row)
		for k := range row {
			row[k] = float32(float64(row[k]) / length)
		}
		o.Features = append(o.Features, row...)
	}
	return o
}

// Clutter that lies around parts counts for less than a defect of one, and the backdrop
// behind a missing piece is no good patch there, though it is one elsewhere.
func TestClutterIsNoDefectAndAMissingPieceIs(t *testing.T) {
	const clutter = 0.15
	raw := rawOf(t, func(i uint64) *Observation { return before(i, clutter, false, false) })
	var cluttered, spoiled, missing []float64
	for i := range uint64(16) {
		cluttered = append(cluttered, raw(before(10+i, clutter, false, false)))
		spoiled = append(spoiled, raw(before(40+i, clutter, true, false)))
		missing = append(missing, raw(before(70+i, clutter, false, true)))
	}
	least := map[string]float64{"with a defect": 0.8, "without a piece": 0.7}
	for name, bad := range map[string][]float64{"with a defect": spoiled, "without a piece": missing} {
		if share := evaluate.AUROC(cluttered, bad); share < least[name] {
			t.Errorf("%s: AUROC %.2f, want %.2f", name, share, least[name])
		}
	}
}
