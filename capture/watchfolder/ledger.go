package watchfolder

import (
	"slices"
	"sync"
	"time"
)

// Action is what becomes of a picture once its result is stored.
type Action string

// The actions. They name the folders below the watched one to which Move moves.
const (
	Accept Action = "done"     // an armed set passed it
	Reject Action = "rejected" // an armed set failed it
	Look   Action = "review"   // anything else: REVIEW, INVALID, and all of a set in shadow
)

// Outcome is what is recorded of a picture.
type Outcome struct {
	Verdict  string `json:"verdict"`
	Action   Action `json:"action"`
	Sequence uint64 `json:"sequence"` // of the picture's event in the station's store
}

// Ledger remembers which pictures have their result.
type Ledger struct {
	stations []string // each has a result of every picture
	records  *records
	changed  chan struct{} // holds a token after Done and Failed

	mu        sync.Mutex                      // never held while records are read or written: a write may wait for a reader
	recovered map[string]map[string]recovered // by path and station: events that records does not know of; nil after the first listing
	given     []*given                        // pictures without a result of every station, in their order
	work      map[string]mark                 // the same by path, and those whose record failed
	retryAt   map[string]time.Time
	status    Status
}

// recovered is an outcome that the ledger missed.
type recovered struct {
	Outcome
	read time.Time // when the picture was read
}

// given is a picture that was given out.
type given struct {
	part, path string
	mark
	left  map[string]bool // stations without a result
	worst Outcome
}

// Status is what a watched folder holds.
type Status struct {
	Waiting int       `json:"waiting"`           // pictures that are not yet given out
	Oldest  time.Time `json:"oldest,omitzero"`   // when the oldest of them was written
	InWork  int       `json:"in_work"`           // given out, without a result
	Done    uint64    `json:"done"`              // since the start
	Retried uint64    `json:"retried"`           // results without an event, whose picture is read again
	Failing string    `json:"failing,omitempty"` // why pictures cannot be moved or deleted
}

// retryAfter is how long a picture waits whose result could not be stored.
const retryAfter = 30 * time.Second

// OpenLedger opens the ledger in a file, which need not be there yet. Each of the
// stations has to record a result before a picture is done. An empty path keeps
// the ledger until Close.
func OpenLedger(path string, stations ...string) (*Ledger, error) {
	r, err := openRecords(path)
	if err != nil {
		return nil, err
	}
	return &Ledger{
		stations: stations, records: r, changed: make(chan struct{}, 1),
		recovered: map[string]map[string]recovered{}, work: map[string]mark{}, retryAt: map[string]time.Time{},
	}, nil
}

// Sequence returns that of the newest event that the ledger knows of. A new ledger
// knows the one that it is given, the last in the store: no earlier one is of its
// pictures.
func (l *Ledger) Sequence(last uint64) (uint64, error) { return l.records.sequence(last) }

// Recover records that a station's result of a picture, by its path below the
// folder, has an event which the ledger does not know of: the program was killed
// between the two. A file that was written after it was read is another picture. It is to be called before the folder is read.
func (l *Ledger) Recover(station, path string, read time.Time, o Outcome) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.recovered[path] == nil {
		l.recovered[path] = map[string]recovered{}
	}
	l.recovered[path][station] = recovered{o, read}
}

// recover records the pictures among candidates that have a recovered event of
// every station.
func (l *Ledger) recover(files map[string]*candidate) error {
	l.mu.Lock()
	all := l.recovered
	l.recovered = nil
	l.mu.Unlock()
files:
	for path, outcomes := range all {
		c := files[path]
		if c == nil || len(outcomes) < len(l.stations) {
			continue
		}
		var joined Outcome
		for _, o := range outcomes {
			if joined.join(o.Outcome); c.Time > o.read.UnixNano() {
				continue files
			}
		}
		if err := l.records.put(path, record{c.mark, joined}); err != nil {
			l.mu.Lock()
			l.recovered = all // the next listing tries again
			l.mu.Unlock()
			return err
		}
		delete(files, path)
	}
	return nil
}

// join makes of the outcomes of two stations one.
func (o *Outcome) join(other Outcome) {
	if o.Verdict == "" || rank(other.Action) > rank(o.Action) {
		o.Verdict, o.Action = other.Verdict, other.Action
	}
	o.Sequence = max(o.Sequence, other.Sequence)
}

// Done records that a station's result of a part is stored. It returns an error
// where the ledger cannot be written: the picture is read again at the next
// start then.
func (l *Ledger) Done(station, part string, o Outcome) error {
	g, last := l.result(station, part, o)
	if !last {
		return nil
	}
	err := l.records.put(g.path, record{g.mark, g.worst})
	l.mu.Lock()
	defer l.mu.Unlock()
	l.status.Done++
	if err == nil { // else it stays in work, so that this process does not read it again
		l.release(g)
	}
	l.wake()
	return err
}

// result adds a station's result to a picture, and reports whether it was the last.
// The picture stays in work until it is recorded. A result without a picture, such as
// no_frame, is the last of none.
func (l *Ledger) result(station, part string, o Outcome) (g *given, last bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if g = l.find(station, part); g == nil {
		return nil, false
	}
	delete(g.left, station)
	g.worst.join(o)
	if len(g.left) > 0 {
		return g, false
	}
	l.drop(g)
	return g, true
}

// rank orders actions: a picture that several stations inspect goes where the
// worst of them sends it.
func rank(a Action) int { return slices.Index([]Action{Accept, Look, Reject}, a) }

// Failed records that a result has no event, so that its picture is read again
// after a while.
func (l *Ledger) Failed(station, part string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	g := l.find(station, part)
	if g == nil {
		return
	}
	l.release(g)
	l.retryAt[g.path] = time.Now().Add(retryAfter)
	l.status.Retried++
	l.drop(g)
	l.wake()
}

// release takes a picture from those in work, unless it was given out again since.
func (l *Ledger) release(g *given) {
	if l.work[g.path] == g.mark {
		delete(l.work, g.path)
	}
}

func (l *Ledger) find(station, part string) *given {
	for _, g := range l.given {
		if g.part == part && g.left[station] {
			return g
		}
	}
	return nil
}

// drop takes a picture from those without a result of every station.
func (l *Ledger) drop(g *given) {
	l.given = slices.DeleteFunc(l.given, func(o *given) bool { return o == g })
}

// wake wakes the source.
func (l *Ledger) wake() {
	select {
	case l.changed <- struct{}{}:
	default:
	}
}

// give records that a picture is given out.
func (l *Ledger) give(part, path string, m mark) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.work[path] = m
	delete(l.retryAt, path)
	g := &given{part: part, path: path, mark: m, left: map[string]bool{}}
	for _, s := range l.stations {
		g.left[s] = true
	}
	l.given = append(l.given, g)
}

// Status returns what the folder holds.
func (l *Ledger) Status() Status {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.status
	s.InWork = len(l.work)
	return s
}

// Close closes the ledger's file.
func (l *Ledger) Close() error { return l.records.close() }
