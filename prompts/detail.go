package prompts

import (
	"errors"
	"fmt"
	"strconv"
)

// Detail says how finely pictures are compared with references: at n, patch
// features of n×n tiles are compared beside those of the whole picture.
type Detail int

// DetailAuto leaves the choice to Detail.Level.
const DetailAuto Detail = 0

// MaxDetail bounds Set.Detail: ten pictures are encoded for a frame with it.
const MaxDetail = 3

// autoDetail is the least that DetailAuto chooses. With four references the joined score
// of two scales beat the whole picture's alone by 2 to 4 points of AUROC in the
// mean, on six sets of photos and on twelve rendered lots alike, and lost at
// most 2 on any (docs/detail.md). A third scale won as much again only where
// defects were a few pixels wide, at twice the time.
const autoDetail = 2

// Level returns the n that references are learned with; with DetailAuto the least.
func (d Detail) Level() int {
	if d == DetailAuto {
		return autoDetail
	}
	return int(d)
}

// Encodes returns how many pictures are encoded for a frame at that level.
func (d Detail) Encodes() int {
	if n := d.Level(); n > 1 {
		return 1 + n*n
	}
	return 1
}

// UnmarshalText reads auto or a number.
func (d *Detail) UnmarshalText(text []byte) error {
	if string(text) == "auto" {
		*d = DetailAuto
		return nil
	}
	n, err := strconv.Atoi(string(text))
	if err != nil || n < 1 || n > MaxDetail {
		return fmt.Errorf("must be auto or between 1 and %d (got %q)", MaxDetail, text)
	}
	*d = Detail(n)
	return nil
}

// String returns the value as a set's file has it.
func (d Detail) String() string {
	if d == DetailAuto {
		return "auto"
	}
	return strconv.Itoa(int(d))
}

// ErrNoDetail is returned within an error when a set asks for a detail that its
// references were not encoded with.
var ErrNoDetail = errors.New("detail")

// Needs say what a picture is encoded as beside the whole of it.
type Needs struct {
	Tiles  int  // n: embeddings of n×n tiles; 0: none
	Detail int  // n: patch features of n×n tiles; 0 and 1: none
	Turned bool // patch features of the picture turned, for references only
	// Finer says that references which are learned together may have a finer
	// detail, as fine as the pixels of their pictures (DetailAuto).
	Finer bool
	// Angles says whether references that are learned together count at every
	// angle: auto, where that is so of them; always; or never, and where it is
	// empty.
	Angles Turned
}

// And returns what meets both needs.
func (n Needs) And(m Needs) Needs {
	all := Needs{Tiles: max(n.Tiles, m.Tiles), Detail: max(n.Detail, m.Detail), Turned: n.Turned || m.Turned, Finer: n.Finer && m.Finer, Angles: n.Angles}
	if n.Angles != TurnedAlways && (m.Angles == TurnedAuto || m.Angles == TurnedAlways) {
		all.Angles = m.Angles
	}
	return all
}

// Ask makes the observation ask its encoder for what is needed.
func (o *Observation) Ask(n Needs) {
	o.TileGrid, o.Detail = [2]int{n.Tiles, n.Tiles}, n.Detail
}

// AllNeeds returns what an observation must have to be scored by each of the
// banks.
func AllNeeds(banks ...*Bank) Needs {
	var all Needs
	for _, b := range banks {
		n := b.Needs()
		all.Tiles, all.Detail = max(all.Tiles, n.Tiles), max(all.Detail, n.Detail)
	}
	return all
}

// LearnNeeds returns what so many pictures must be encoded as to become
// references of this set.
func (s *Set) LearnNeeds(good int) Needs {
	n := Needs{Tiles: s.Tiles, Detail: s.Detail.Level(), Turned: s.Turned.Encodes(good), Finer: s.Detail == DetailAuto, Angles: TurnedNever}
	if n.Turned && good >= enough {
		n.Angles = s.Turned
	}
	return n
}

// AddFine keeps, for the i-th picture, what another observation of the same
// picture has of finer features.
func (r *References) AddFine(i int, o *Observation) error {
	seen := &r.pictures[i].Seen
	with := *seen
	with.Detail, with.Fine, with.FineGrid, with.FineTurned, with.FineAngled = o.Detail, o.Fine, o.FineGrid, nil, nil
	if err := with.checkFine(); err != nil {
		return fmt.Errorf("add detail of reference %s: %w", r.pictures[i].Name, err)
	}
	*seen = with.Clone()
	return nil
}

// checkFine reports whether the finer features fit the others.
func (o *Observation) checkFine() error {
	patches := o.FeatureGrid[0] * o.FeatureGrid[1]
	cells := o.FineGrid[0] * o.FineGrid[1]
	switch {
	case len(o.Fine) == 0 && len(o.FineTurned) == 0:
		return nil
	case patches == 0 || o.FineGrid[0] < o.FeatureGrid[0] || o.FineGrid[1] < o.FeatureGrid[1] || len(o.Fine)*patches != len(o.Features)*cells:
		return fmt.Errorf("%d numbers of detail do not fit a grid of %v", len(o.Fine), o.FineGrid)
	case o.Detail < 2 || o.Detail > MaxDetail:
		return fmt.Errorf("detail must be between 2 and %d (got %d)", MaxDetail, o.Detail)
	case len(o.FineTurned) != 0 && len(o.FineTurned) != Turns*len(o.Fine):
		return fmt.Errorf("%d numbers of the detail turned, of the detail %d: it takes %d times as many", len(o.FineTurned), len(o.Fine), Turns)
	case !finite(o.Fine) || !finite(o.FineTurned):
		return errDamaged
	}
	return nil
}

// DetailInUse returns the detail that a set with that option compares with these
// references at, and why it is not the one that was asked for; "" where it is.
func (r *References) DetailInUse(option Detail) (detail int, why string) {
	detail, err := r.detailFor(option)
	if err != nil {
		return 1, err.Error()
	}
	if want := option.Level(); detail != want && (option != DetailAuto || detail < want) {
		return detail, fmt.Sprintf("some references were kept without detail %d: add the same pictures again to have it", want)
	}
	return detail, ""
}

// detailFor returns the finest detail up to the option that all good references
// have in common.
func (r *References) detailFor(option Detail) (int, error) {
	if option == 1 {
		return 1, nil
	}
	detail, features := 0, false
	for i := range r.pictures {
		p := &r.pictures[i]
		if p.Bad {
			continue
		}
		features = features || len(p.Seen.Features) > 0
		own := max(p.Seen.Detail, 1)
		if len(p.Seen.Fine) == 0 {
			own = 1
		}
		if detail != 0 && own != detail {
			own = 1
		}
		detail = own
		if detail == 1 {
			break
		}
	}
	switch {
	case option == DetailAuto, int(option) == detail:
		return max(detail, 1), nil
	case !features:
		return 1, fmt.Errorf("%w: %d: the bundle gives no patch features: set detail: auto", ErrNoDetail, option)
	}
	return 1, fmt.Errorf("%w: %d: some references were kept without it: add the same pictures again with edge reference add, or start again a camera that learned them", ErrNoDetail, option)
}
