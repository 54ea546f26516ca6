package search

import (
	"fmt"
	"os"
)

// Plan is what an index of some files takes: which entries of an old one still
// hold, and which files must be encoded.
type Plan struct {
	Kept    []Entry
	Encode  []string
	Stamps  []Stamp // of Encode
	Changed bool    // the old index is not what is wanted
}

// NewPlan looks at each file's size and time of change. Old may be nil.
func NewPlan(old *Index, files []string) (*Plan, error) {
	known := map[string]int{}
	if old != nil {
		for i := range old.Len() {
			known[old.Name(i)] = i
		}
	}
	p := &Plan{}
	for _, file := range files {
		info, err := os.Stat(file)
		if err != nil {
			return nil, fmt.Errorf("plan index: %w", err)
		}
		stamp := Stamp{info.Size(), info.ModTime().UnixNano()}
		if i, found := known[file]; found {
			if e := old.Entry(i); e.Stamp == stamp {
				p.Kept = append(p.Kept, e)
				continue
			}
		}
		p.Encode, p.Stamps = append(p.Encode, file), append(p.Stamps, stamp)
	}
	p.Changed = len(p.Encode) > 0 || old == nil || old.Len() != len(p.Kept)
	return p, nil
}
