package prompts

import (
	"errors"
	"fmt"
	"strconv"
)

// Detail says how finely pictures are compared with references. At n, patch features of
// n×n tiles are compared as well as those of the whole picture.
type Detail int

// DetailAuto leaves the choice to Detail.Level.
const DetailAuto Detail = 0

// MaxDetail is the largest Set.Detail. It encodes ten pictures for each frame.
const MaxDetail = 3

// autoDetail is the smallest detail that DetailAuto chooses. With four references the
// joined maps of two scales beat the whole picture alone by 2 to 4 points of AUROC in
// the mean, on six sets of photos and on twelve rendered lots, and lost at most 2 on any
// (docs/detail.md). A third scale gained as much again only on defects a few pixels
// wide, at twice the time.
const autoDetail = 2

// Level returns the n to encode references with. For DetailAuto it is the smallest one.
func (d Detail) Level() int {
	if d == DetailAuto {
		return autoDetail
	}
	return int(d)
}

// Encodes returns how many pictures are encoded for each frame.
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

// String returns the value as it is written in a set's file.
func (d Detail) String() string {
	if d == DetailAuto {
		return "auto"
	}
	return strconv.Itoa(int(d))
}

// ErrNoDetail is wrapped by an error that is returned when a set asks for a detail that
// its references were not encoded with.
var ErrNoDetail = errors.New("detail")

// Needs says what has to be encoded besides the whole picture.
type Needs struct {
	Tiles  int  // n: embeddings of n×n tiles; 0: none
	Detail int  // n: patch features of n×n tiles; 0 and 1: none
	Turned bool // patch features of quarter turns; references only
	// Finer allows a higher Detail for references that are learned together, if
	// their pictures are large enough (DetailAuto).
	Finer bool
	// Angles says whether references that are learned together are also encoded at
	// all Angles. The empty value is TurnedNever.
	Angles Turned
}

// And returns needs that include both.
func (n Needs) And(m Needs) Needs {
	all := Needs{Tiles: max(n.Tiles, m.Tiles), Detail: max(n.Detail, m.Detail), Turned: n.Turned || m.Turned, Finer: n.Finer && m.Finer, Angles: n.Angles}
	if n.Angles != TurnedAlways && (m.Angles == TurnedAuto || m.Angles == TurnedAlways) {
		all.Angles = m.Angles
	}
	return all
}

// Ask sets the fields of the observation that request tiles and detail.
func (o *Observation) Ask(n Needs) {
	o.TileGrid, o.Detail = [2]int{n.Tiles, n.Tiles}, n.Detail
}

// AllNeeds returns what has to be encoded so that each of the banks can score the
// observation.
func AllNeeds(banks ...*Bank) Needs {
	var all Needs
	for _, b := range banks {
		n := b.Needs()
		all.Tiles, all.Detail = max(all.Tiles, n.Tiles), max(all.Detail, n.Detail)
	}
	return all
}

// LearnNeeds returns what has to be encoded so that good pictures can become references
// of this set.
func (s *Set) LearnNeeds(good int) Needs {
	n := Needs{Tiles: s.Tiles, Detail: s.Detail.Level(), Turned: s.Turned.Encodes(good), Finer: s.Detail == DetailAuto, Angles: TurnedNever}
	if n.Turned && good >= minForOrientation {
		n.Angles = s.Turned
	}
	return n
}

// AddFine copies the finer features of another observation of the i-th picture.
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

// checkFine returns an error if the finer features do not fit the others.
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
		return fmt.Errorf("the rotations have %d numbers of detail and the picture %d: want %d times as many", len(o.FineTurned), len(o.Fine), Turns)
	case !finite(o.Fine) || !finite(o.FineTurned):
		return errDamaged
	}
	return nil
}

// DetailInUse returns the detail at which a set with that option compares pictures with
// these references. why says why it is not the requested one, and is empty if it is.
func (r *References) DetailInUse(option Detail) (detail int, why string) {
	detail, err := r.detailFor(option)
	if err != nil {
		return 1, err.Error()
	}
	if want := option.Level(); detail != want && (option != DetailAuto || detail < want) {
		return detail, fmt.Sprintf("some references were added without detail %d: add the same pictures again to use it", want)
	}
	return detail, ""
}

// detailFor returns the finest detail up to the option that all good references have.
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
		return 1, fmt.Errorf("%w: %d: the bundle returns no patch features: set detail: auto", ErrNoDetail, option)
	}
	return 1, fmt.Errorf("%w: %d: some references were added without it: add the same pictures again with edge reference add, or let the camera learn again", ErrNoDetail, option)
}
