package challenge

// Kind is a kind of planted defect. Prompt sets are likely to use the same name for the
// defect.
type Kind string

// The kinds.
const (
	Scratch   Kind = "scratch"   // a thin line, nearly straight, bright, dark or both
	Crack     Kind = "crack"     // a jagged dark line that may branch
	Stain     Kind = "stain"     // a soft blot of a different shade
	Dent      Kind = "dent"      // shading: one side brighter, the other darker
	Chip      Kind = "chip"      // a missing piece, filled with its surroundings
	Speck     Kind = "speck"     // a foreign particle with a shadow
	Misplaced Kind = "misplaced" // a piece of the part in the wrong place
)

// Kinds returns all kinds, in the order of reports.
func Kinds() []Kind { return []Kind{Scratch, Crack, Stain, Dent, Chip, Speck, Misplaced} }

// sizeOf returns how the size of a kind is measured: the length of a line, otherwise a
// diameter.
func sizeOf(k Kind) string {
	if k == Scratch || k == Crack {
		return "length"
	}
	return "diameter"
}
