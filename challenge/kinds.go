package challenge

// Kind is a sort of planted defect. Its name is also a likely name of a defect in
// a prompt set.
type Kind string

// The kinds.
const (
	Scratch   Kind = "scratch"   // a thin line, nearly straight, bright, dark or both
	Crack     Kind = "crack"     // a jagged dark line that may branch
	Stain     Kind = "stain"     // a soft blot of another tone
	Dent      Kind = "dent"      // shading: one side brighter, the other darker
	Chip      Kind = "chip"      // a piece is missing: filled with what lies around it
	Speck     Kind = "speck"     // a foreign particle with a shadow
	Misplaced Kind = "misplaced" // a piece of the part where it does not belong
)

// Kinds returns all kinds, in the order of reports.
func Kinds() []Kind { return []Kind{Scratch, Crack, Stain, Dent, Chip, Speck, Misplaced} }

// sizeOf says what the size of a kind is: a line's length, else a diameter.
func sizeOf(k Kind) string {
	if k == Scratch || k == Crack {
		return "length"
	}
	return "diameter"
}
