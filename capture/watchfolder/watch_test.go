package watchfolder_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"time"

	"pristine/capture"
	"pristine/capture/watchfolder"
	"pristine/internal/need"
)

func TestRead_PicturesThatArriveLaterInTheirOrder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "b.jpg"), picture(t, 1))
	write(t, filepath.Join(dir, "a.jpg"), picture(t, 2))
	if err := os.Chtimes(filepath.Join(dir, "b.jpg"), time.Time{}, time.Now().Add(-time.Minute)); err != nil {
		t.Fatal(err)
	}
	s := open(t, dir, watchfolder.Options{})
	var f capture.Frame
	for _, want := range []string{"b.jpg", "a.jpg"} {
		if next(t, s, &f); f.Part != want || !f.PartEnd || f.Width != 32 || f.Name != filepath.Join(dir, want) {
			t.Errorf("got part %q of %q (end %t, %d px), want %q", f.Part, f.Name, f.PartEnd, f.Width, want)
		}
	}
	idle(t, s)
	write(t, filepath.Join(dir, "2026", "11", "c.jpg"), picture(t, 3))
	if next(t, s, &f); f.Part != "2026/11/c.jpg" {
		t.Errorf("got part %q, want that of the new folder", f.Part)
	}
	idle(t, s)
}

// The rest of the file comes later than Settle, as over a slow share.
func TestRead_HalfWrittenFileIsWaitedFor(t *testing.T) {
	t.Parallel()
	dir, data := t.TempDir(), picture(t, 7)
	path := filepath.Join(dir, "a.jpg")
	write(t, path, data[:len(data)/2])
	s := open(t, dir, watchfolder.Options{Patience: time.Minute})
	idle(t, s)
	write(t, path, data)
	var f capture.Frame
	if next(t, s, &f); f.Damaged != "" || f.Width != 32 {
		t.Errorf("got %q at %d px, want the whole picture", f.Damaged, f.Width)
	}
	idle(t, s)
}

func TestRead_DamagedPictureAfterPatience(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a.jpg"), picture(t, 7)[:400])
	var bad string
	s := open(t, dir, watchfolder.Options{Patience: 100 * time.Millisecond, Bad: func(path string, _ error) { bad = path }})
	var f capture.Frame
	if next(t, s, &f); f.Damaged == "" || f.Part != "a.jpg" || bad != filepath.Join(dir, "a.jpg") {
		t.Errorf("got damage %q of part %q, told of %q; want a.jpg", f.Damaged, f.Part, bad)
	}
	idle(t, s)
}

// Camera software writes NAME.tmp and renames it.
func TestRead_RenamedWhenComplete(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir, watchfolder.Options{})
	write(t, filepath.Join(dir, "a.jpg.tmp"), picture(t, 1))
	idle(t, s)
	if err := os.Rename(filepath.Join(dir, "a.jpg.tmp"), filepath.Join(dir, "a.jpg")); err != nil {
		t.Fatal(err)
	}
	var f capture.Frame
	if next(t, s, &f); f.Part != "a.jpg" {
		t.Errorf("got part %q, want a.jpg", f.Part)
	}
}

func TestRead_OnceOverRestartsAndRenames(t *testing.T) {
	t.Parallel()
	dir, file := t.TempDir(), filepath.Join(t.TempDir(), "ledger")
	write(t, filepath.Join(dir, "a.jpg"), picture(t, 1))
	write(t, filepath.Join(dir, "b.jpg"), picture(t, 2))
	l := ledger(t, file, "c")
	s := open(t, dir, watchfolder.Options{Ledger: l})
	var f capture.Frame
	next(t, s, &f)
	if err := l.Done("c", f.Part, pass); err != nil {
		t.Fatal(err)
	}
	next(t, s, &f) // no result of b.jpg is stored
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(dir, "a.jpg"), filepath.Join(dir, "z.jpg")); err != nil {
		t.Fatal(err)
	}

	l = ledger(t, file, "c")
	s = open(t, dir, watchfolder.Options{Ledger: l})
	if next(t, s, &f); f.Part != "b.jpg" {
		t.Fatalf("got part %q, want b.jpg, which has no result", f.Part)
	}
	if err := l.Done("c", "b.jpg", pass); err != nil {
		t.Fatal(err)
	}
	idle(t, s)
	write(t, filepath.Join(dir, "z.jpg"), picture(t, 90)) // another picture of the same name
	if next(t, s, &f); f.Part != "z.jpg" || f.Pix[0] < 80 {
		t.Errorf("got part %q with blue %d, want the new z.jpg", f.Part, f.Pix[0])
	}
}

// The program was killed after an event was stored and before the ledger knew.
func TestRecover_EventsThatTheLedgerDoesNotKnow(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"a.jpg", "b.jpg", "c.jpg"} {
		write(t, filepath.Join(dir, name), picture(t, 1))
	}
	l := ledger(t, "", "left", "right")
	for _, station := range []string{"left", "right"} {
		l.Recover(station, "a.jpg", time.Now(), pass)
	}
	l.Recover("left", "b.jpg", time.Now(), pass)
	for _, station := range []string{"left", "right"} {
		l.Recover(station, "c.jpg", time.Now().Add(-time.Hour), pass) // it was written anew since
	}
	l.Recover("left", "gone.jpg", time.Now(), pass)
	l.Recover("right", "gone.jpg", time.Now(), pass)
	s := open(t, dir, watchfolder.Options{Ledger: l})
	var f capture.Frame
	for _, want := range []string{"b.jpg", "c.jpg"} {
		if next(t, s, &f); f.Part != want {
			t.Errorf("got part %q, want %q", f.Part, want)
		}
	}
	write(t, filepath.Join(dir, "gone.jpg"), picture(t, 1))
	if next(t, s, &f); f.Part != "gone.jpg" {
		t.Errorf("got part %q, want the picture that came after the start", f.Part)
	}
}

func TestRead_FolderThatGoesAway(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "share")
	write(t, filepath.Join(dir, "a.jpg"), picture(t, 1))
	l := ledger(t, "", "c")
	s := open(t, dir, watchfolder.Options{Ledger: l})
	var f capture.Frame
	next(t, s, &f)
	if err := l.Done("c", "a.jpg", pass); err != nil {
		t.Fatal(err)
	}
	away := dir + "-away"
	if err := os.Rename(dir, away); err != nil {
		t.Fatal(err)
	}
	err := s.Read(t.Context(), &f)
	for end := time.Now().Add(10 * time.Second); errors.Is(err, capture.ErrIdle) && time.Now().Before(end); {
		err = s.Read(t.Context(), &f)
	}
	if capture.Cause(err) != "not_found" {
		t.Fatalf("got %v, want cause not_found", err)
	}
	if _, err := watchfolder.Open(dir, watchfolder.Options{Ledger: l}); capture.Cause(err) != "not_found" {
		t.Fatalf("open: got %v, want cause not_found", err)
	}
	if err := os.Rename(away, dir); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "b.jpg"), picture(t, 1))
	s = open(t, dir, watchfolder.Options{Ledger: l})
	if next(t, s, &f); f.Part != "b.jpg" {
		t.Errorf("got part %q, want b.jpg alone", f.Part)
	}
	idle(t, s)
}

func TestRead_PictureWithoutEventIsReadAgain(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a.jpg"), picture(t, 1))
	l := ledger(t, "", "c")
	s := open(t, dir, watchfolder.Options{Ledger: l})
	var f capture.Frame
	next(t, s, &f)
	l.Failed("c", "a.jpg")
	idle(t, s)
	if st := l.Status(); st.Waiting != 1 || st.Retried != 1 || st.InWork != 0 {
		t.Errorf("the status is %+v, want one that waits to be read again", st)
	}
}

func TestRead_PartNames(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ pattern, file, want string }{
		{"", "day/A-17_1.jpg", "day/A-17_1.jpg"},
		{`(?P<part>[A-Z]-\d+)_\d`, "day/A-17_1.jpg", "A-17"},
		{`([A-Z]+)-(?P<part>\d+)`, "A-17.jpg", "17"},
		{`[A-Z]-\d+`, "A-17_1.jpg", "A-17"},
		{`^x(\d*)`, "xy.jpg", "xy.jpg"},
		{`^B`, "A-17.jpg", "A-17.jpg"},
		{"", "caf\xe9.jpg", `caf\xE9.jpg`},
	} {
		dir := t.TempDir()
		write(t, filepath.Join(dir, c.file), picture(t, 1))
		o := watchfolder.Options{}
		if c.pattern != "" {
			o.Part = regexp.MustCompile(c.pattern)
		}
		s := open(t, dir, o)
		var f capture.Frame
		if next(t, s, &f); f.Part != c.want {
			t.Errorf("pattern %q, file %q: got part %q, want %q", c.pattern, c.file, f.Part, c.want)
		}
	}
}

func TestRead_ReferencesAndForeignFilesAreLeftOut(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"a.jpg", "references/r.jpg", "notes.txt", ".hidden/x.jpg", "@eaDir/a.jpg"} {
		write(t, filepath.Join(dir, name), picture(t, 1))
	}
	s := open(t, dir, watchfolder.Options{Without: []string{filepath.Join(dir, "references")}})
	var f capture.Frame
	parts := []string{}
	for s.Read(t.Context(), &f) == nil {
		parts = append(parts, f.Part)
	}
	if !slices.Contains(parts, "a.jpg") || slices.Contains(parts, "references/r.jpg") || slices.Contains(parts, "@eaDir/a.jpg") || slices.Contains(parts, "notes.txt") {
		t.Errorf(`got parts %v; want slices.Contains(parts, "a.jpg"), not slices.Contains(parts, "references/r.jpg"), not slices.Contains(parts, "@eaDir/a.jpg"), not slices.Contains(parts, "notes.txt")`, parts)
	}
}

// A full folder, as after a weekend: each picture comes once, also over a restart.
func TestRead_TenThousandPictures(t *testing.T) {
	need.NoRaceDetector(t)
	t.Parallel()
	const pictures, done = 10_000, 1000
	dir, file, data := t.TempDir(), filepath.Join(t.TempDir(), "ledger"), picture(t, 1)
	for n := range pictures {
		write(t, filepath.Join(dir, fmt.Sprintf("%d/%05d.jpg", n%10, n)), data)
	}
	seen := map[string]int{}
	l := ledger(t, file, "c")
	s := open(t, dir, watchfolder.Options{Ledger: l})
	var f capture.Frame
	for n := range done + 100 { // of 100 no result is stored
		if next(t, s, &f); n < done {
			seen[f.Part]++
			if err := l.Done("c", f.Part, pass); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	l = ledger(t, file, "c")
	s = open(t, dir, watchfolder.Options{Ledger: l})
	for range pictures - done {
		next(t, s, &f)
		seen[f.Part]++
	}
	idle(t, s)
	for part, n := range seen {
		if n != 1 {
			t.Errorf("%s came %d times, want once", part, n)
		}
	}
	if len(seen) != pictures {
		t.Errorf("%d pictures came, want %d", len(seen), pictures)
	}
}

// A new ledger begins at the store's last event, so that a start reads none of the
// events before it.
func TestSequence_BeginsAtTheStoresLastEvent(t *testing.T) {
	dir, file := t.TempDir(), filepath.Join(t.TempDir(), "ledger")
	write(t, filepath.Join(dir, "a.jpg"), picture(t, 1))
	for _, want := range []uint64{41, 50} {
		l := ledger(t, file, "c")
		if got, err := l.Sequence(41); err != nil || got != want {
			t.Errorf("got %d, %v, want %d", got, err, want)
		}
		s := open(t, dir, watchfolder.Options{Ledger: l})
		var f capture.Frame
		if want == 41 {
			next(t, s, &f)
			if err := l.Done("c", f.Part, watchfolder.Outcome{Verdict: "PASS", Action: watchfolder.Accept, Sequence: 50}); err != nil {
				t.Fatal(err)
			}
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
