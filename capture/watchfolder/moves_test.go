package watchfolder_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"pristine/capture"
	"pristine/capture/watchfolder"
)

func TestRead_MovedByActionAfterEveryStation(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	actions := map[string]watchfolder.Action{"sub/0.jpg": watchfolder.Accept, "sub/1.jpg": watchfolder.Reject, "sub/2.jpg": watchfolder.Look}
	for part := range actions {
		write(t, filepath.Join(dir, part), picture(t, 1))
	}
	write(t, filepath.Join(dir, "done", "sub", "0.jpg"), picture(t, 9)) // of an earlier day
	l := ledger(t, "", "c-left", "c-right")
	s := open(t, dir, watchfolder.Options{Ledger: l, Then: watchfolder.Move})
	var f capture.Frame
	for range actions {
		next(t, s, &f)
		o := pass
		o.Action = actions[f.Part]
		if err := l.Done("c-left", f.Part, o); err != nil {
			t.Fatal(err)
		}
	}
	idle(t, s)
	if got := tree(t, dir); !slices.Equal(got, []string{"done/sub/0.jpg", "sub/0.jpg", "sub/1.jpg", "sub/2.jpg"}) {
		t.Fatalf("before the second station has its results the folder holds %v", got)
	}
	for part := range actions {
		if err := l.Done("c-right", part, pass); err != nil {
			t.Fatal(err)
		}
	}
	idle(t, s)
	want := []string{"done/sub/0-2.jpg", "done/sub/0.jpg", "rejected/sub/1.jpg", "review/sub/2.jpg"}
	if got := tree(t, dir); !slices.Equal(got, want) {
		t.Errorf("the folder holds %v, want %v", got, want)
	}
	if st := l.Status(); st.Done != 3 || st.InWork != 0 || st.Waiting != 0 || st.Failing != "" {
		t.Errorf("the status is %+v, want three done", st)
	}
}

func TestRead_DeletedAndNeverBefore(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a.jpg"), picture(t, 1))
	write(t, filepath.Join(dir, "b.jpg"), picture(t, 1))
	l := ledger(t, "", "c")
	s := open(t, dir, watchfolder.Options{Ledger: l, Then: watchfolder.Delete})
	var f capture.Frame
	next(t, s, &f)
	next(t, s, &f)
	write(t, filepath.Join(dir, "a.jpg"), picture(t, 200)) // anew, while it is inspected
	for _, part := range []string{"a.jpg", "b.jpg"} {
		if err := l.Done("c", part, pass); err != nil {
			t.Fatal(err)
		}
	}
	if next(t, s, &f); f.Part != "a.jpg" || f.Pix[0] < 150 {
		t.Errorf("got part %q with blue %d, want the new a.jpg", f.Part, f.Pix[0])
	}
	if got := tree(t, dir); !slices.Equal(got, []string{"a.jpg"}) {
		t.Errorf("the folder holds %v, want the new a.jpg alone", got)
	}
}

func TestMove_ThatFailsIsToldOnceAndTriedAgain(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a.jpg"), picture(t, 1))
	write(t, filepath.Join(dir, "done"), []byte("a file where the folder should be"))
	l := ledger(t, "", "c")
	var warnings []string
	s := open(t, dir, watchfolder.Options{Ledger: l, Then: watchfolder.Move, Warn: func(err error) { warnings = append(warnings, err.Error()) }})
	var f capture.Frame
	next(t, s, &f)
	if err := l.Done("c", "a.jpg", pass); err != nil {
		t.Fatal(err)
	}
	idle(t, s)
	if len(warnings) != 1 || l.Status().Failing == "" {
		t.Errorf("got warnings %q and status %+v, want one warning that stays", warnings, l.Status())
	}
	if err := os.Remove(filepath.Join(dir, "done")); err != nil {
		t.Fatal(err)
	}
	idle(t, s)
	if got := tree(t, dir); !slices.Equal(got, []string{"done/a.jpg"}) || l.Status().Failing != "" {
		t.Errorf("the folder holds %v with status %+v, want the picture in done", got, l.Status())
	}
}

// Results are recorded while the folder is listed: neither waits for the other.
func TestDone_WhileTheFolderIsListed(t *testing.T) {
	const pictures = 2000
	dir, data := t.TempDir(), picture(t, 1)
	for n := range pictures {
		write(t, filepath.Join(dir, fmt.Sprintf("%04d.jpg", n)), data)
	}
	l := ledger(t, filepath.Join(t.TempDir(), "ledger"), "c")
	s := open(t, dir, watchfolder.Options{Ledger: l, Poll: time.Nanosecond})
	parts := make(chan string, pictures)
	recorded := make(chan error, 1)
	go func() {
		for part := range parts {
			if err := l.Done("c", part, pass); err != nil {
				recorded <- err
				return
			}
		}
		recorded <- nil
	}()
	stuck := time.AfterFunc(time.Minute, func() { panic("the ledger and the source wait for one another") })
	defer stuck.Stop()
	var f capture.Frame
	for range pictures {
		next(t, s, &f)
		parts <- f.Part
		time.Sleep(100 * time.Microsecond) // so that some are recorded while others are listed
	}
	close(parts)
	for {
		select {
		case err := <-recorded:
			if err != nil || l.Status().Done != pictures {
				t.Errorf("%d recorded, %v, want %d", l.Status().Done, err, pictures)
			}
			return
		default:
			if err := s.Read(t.Context(), &f); !errors.Is(err, capture.ErrIdle) {
				t.Fatalf("got part %q and %v, want no picture again", f.Part, err)
			}
		}
	}
}
