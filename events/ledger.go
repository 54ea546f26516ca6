package events

import "slices"

// span is sequences from first to last, both of them in it.
type span struct{ first, last uint64 }

// ledger holds, for each incarnation, the last sequence and what is missing
// before it.
type ledger struct {
	last map[string]uint64
	gaps map[string][]span // ascending, apart
}

func newLedger(last map[string]uint64) *ledger {
	l := &ledger{last: last, gaps: map[string][]span{}}
	if l.last == nil {
		l.last = map[string]uint64{}
	}
	return l
}

// arrival is what an event's sequence says.
type arrival int

const (
	inOrder arrival = iota
	late            // it fills a gap
	double
)

// note counts an event, and returns how many are missing right
// before it.
func (l *ledger) note(incarnation string, sequence uint64) (a arrival, missing uint64) {
	last, known := l.last[incarnation]
	switch {
	case !known || sequence == last+1:
		l.last[incarnation] = sequence
		return inOrder, 0
	case sequence > last:
		l.last[incarnation] = sequence
		l.gaps[incarnation] = append(l.gaps[incarnation], span{last + 1, sequence - 1})
		return inOrder, sequence - last - 1
	case l.close(incarnation, span{sequence, sequence}) > 0:
		return late, 0
	}
	return double, 0
}

// close removes sequences from the gaps, and returns how many were in them.
func (l *ledger) close(incarnation string, s span) (closed uint64) {
	gaps := l.gaps[incarnation]
	at, _ := slices.BinarySearchFunc(gaps, s.first, func(g span, first uint64) int {
		if g.last < first {
			return -1
		}
		return 1
	})
	var rest []span
	end := at
	for ; end < len(gaps) && gaps[end].first <= s.last; end++ {
		g := gaps[end]
		closed += min(g.last, s.last) - max(g.first, s.first) + 1
		if g.first < s.first {
			rest = append(rest, span{g.first, s.first - 1})
		}
		if g.last > s.last {
			rest = append(rest, span{s.last + 1, g.last})
		}
	}
	l.gaps[incarnation] = slices.Replace(gaps, at, end, rest...)
	return closed
}
