package watchfolder

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"
)

// The file of the records grows while somebody reads it, and growing waits for the
// reader. The reader may use the ledger all the same: else both wait for ever.
func TestLedger_IsFreeWhileItsFileGrows(t *testing.T) {
	l, err := OpenLedger(filepath.Join(t.TempDir(), "ledger"), "c")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	const pictures = 500
	for n := range pictures {
		l.give(fmt.Sprint(n), fmt.Sprint(n), mark{Size: 1, Time: int64(n), Inode: uint64(n)})
	}
	recorded := make(chan error, 1)
	err = l.records.reading(func(view) error {
		go func() {
			for n := range pictures {
				if err := l.Done("c", fmt.Sprint(n), Outcome{Verdict: "PASS", Action: Accept}); err != nil {
					recorded <- err
					return
				}
			}
			recorded <- nil
		}()
		for before, same := -1, 0; same < 20; { // until the file has to grow
			asked := make(chan Status, 1)
			go func() { asked <- l.Status() }()
			select {
			case s := <-asked:
				if s.InWork == before {
					same++
				} else {
					before, same = s.InWork, 0
				}
			case <-time.After(10 * time.Second):
				return fmt.Errorf("the ledger does not answer while its file grows")
			}
			time.Sleep(10 * time.Millisecond)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := <-recorded; err != nil {
		t.Fatal(err)
	}
	if s := l.Status(); s.Done != pictures || s.InWork != 0 {
		t.Errorf("the status is %+v, want all %d recorded", s, pictures)
	}
}
