package watchfolder_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"time"

	"pristine/capture"
	"pristine/capture/opencv"
	"pristine/capture/watchfolder"
	"pristine/internal/need"
)

// picture is a JPEG whose blue is n, so that one can tell which was read.
func picture(t testing.TB, n int) []byte {
	t.Helper()
	pix := make([]byte, 3*32*24)
	for i := range pix {
		pix[i] = byte(n)
	}
	data, err := opencv.EncodeJPEG(pix, 32, 24, 90)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func write(t testing.TB, path string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func ledger(t testing.TB, path string, stations ...string) *watchfolder.Ledger {
	t.Helper()
	l, err := watchfolder.OpenLedger(path, stations...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

func open(t testing.TB, dir string, o watchfolder.Options) capture.Source {
	t.Helper()
	o.Decode = opencv.DecodeFile
	if o.Settle == 0 {
		o.Settle = 30 * time.Millisecond
	}
	if o.Poll == 0 {
		o.Poll = 20 * time.Millisecond
	}
	s, err := watchfolder.Open(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// next reads the next picture, within ten seconds.
func next(t testing.TB, s capture.Source, f *capture.Frame) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); ; {
		err := s.Read(t.Context(), f)
		if err == nil {
			return
		}
		if !errors.Is(err, capture.ErrIdle) {
			t.Fatal(err)
		}
		if time.Now().After(end) {
			t.Fatal("no picture within 10 s")
		}
	}
}

// idle fails when a picture comes within two rounds of listing.
func idle(t testing.TB, s capture.Source) {
	t.Helper()
	var f capture.Frame
	if err := s.Read(t.Context(), &f); !errors.Is(err, capture.ErrIdle) {
		t.Fatalf("got part %q and %v, want no picture", f.Part, err)
	}
}

var pass = watchfolder.Outcome{Verdict: "PASS", Action: watchfolder.Accept, Sequence: 1}

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

// tree lists the files below a folder.
func tree(t testing.TB, dir string) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			rel, _ := filepath.Rel(dir, path)
			files = append(files, rel)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
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
		t.Errorf("got parts %v", parts)
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
