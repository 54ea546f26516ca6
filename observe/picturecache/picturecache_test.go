package picturecache

import (
	"context"
	"errors"
	"image"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"pristine/infer"
	"pristine/internal/need"
)

// counting returns for a picture what no other has: its first pixel, its size, its own
// number; and counts the pictures that it was asked for.
type counting struct {
	mu     sync.Mutex
	origin string
	number float32
	size   int // of each output
	asked  int
	err    error
	during func() // an encode
}

func (c *counting) Origin() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.origin
}

func (c *counting) Encode(_ context.Context, pictures []infer.Picture, outs []infer.Output) (infer.Timing, error) {
	if c.during != nil {
		c.during()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked += len(pictures)
	for i := range pictures {
		p := &pictures[i]
		r := p.Bounds()
		v := make([]float32, max(c.size, 4))
		copy(v, []float32{float32(p.Pix[3*(r.Min.Y*p.Width+r.Min.X)]) / 3, float32(r.Dx()), float32(r.Dy()), c.number})
		outs[i] = infer.Output{Embedding: v, PatchEmbeddings: append([]float32{-1}, v...), PatchFeatures: append([]float32{-2, -3}, v...)}
	}
	return infer.Timing{Run: 7}, c.err
}

func plain(width, height int, colour byte) infer.Picture {
	p := infer.Picture{Width: width, Height: height, Pix: make([]byte, 3*width*height)}
	for i := range p.Pix {
		p.Pix[i] = colour
	}
	return p
}

// ask encodes by a cache of its own, as another process would.
func ask(t *testing.T, dir string, e Encoder, pictures ...infer.Picture) []infer.Output {
	t.Helper()
	c := New(dir, e)
	defer c.Close()
	outs := make([]infer.Output, len(pictures))
	if _, err := c.Encode(context.Background(), pictures, outs); err != nil {
		t.Fatal(err)
	}
	return outs
}

func TestOutputsAreFoundAgainByWhatTheyDependOn(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "deep", "pictures")
	a, b := plain(4, 3, 10), plain(4, 3, 20)
	first := &counting{origin: "cpu", number: 1}
	want := ask(t, dir, first, a, b)
	again := &counting{origin: "cpu", number: 2}
	if diff := cmp.Diff(want, ask(t, dir, again, b, a, b)[1:]); diff != "" || again.asked != 0 {
		t.Errorf("asked for %d again: %s", again.asked, diff)
	}
	inside := plain(9, 9, 99) // shows the picture somewhere in another one
	for y := range 3 {
		copy(inside.Pix[3*((2+y)*9+1):], plain(4, 1, 10).Pix)
	}
	inside.Region = image.Rect(1, 2, 5, 5)
	if diff := cmp.Diff(want[:1], ask(t, dir, again, inside)); diff != "" || again.asked != 0 {
		t.Errorf("a part was encoded again though it shows the same: %s", diff)
	}
	onePixel := plain(4, 3, 10)
	onePixel.Pix[35]++
	part := plain(4, 3, 10)
	part.Region = image.Rect(0, 0, 4, 2)
	use := plain(4, 3, 10)
	use.For = infer.ForFeatures
	for name, x := range map[string]struct {
		origin  string
		picture infer.Picture
	}{
		"another origin":       {"openvino", a},
		"another pixel":        {"cpu", onePixel},
		"another part":         {"cpu", part},
		"another use":          {"cpu", use},
		"the same bytes wider": {"cpu", plain(6, 2, 10)},
	} {
		e := &counting{origin: x.origin, number: 3}
		if ask(t, dir, e, x.picture); e.asked != 1 {
			t.Errorf("%s: asked for %d, want 1", name, e.asked)
		}
	}
}

func TestOutputsThatDoNotMatterAreEmptyFreshAndFound(t *testing.T) {
	dir := t.TempDir()
	embedding, features := plain(4, 3, 10), plain(4, 3, 10)
	embedding.For, features.For = infer.ForEmbedding, infer.ForFeatures
	for _, e := range []*counting{{origin: "cpu"}, {origin: "cpu", number: 5}} {
		o := ask(t, dir, e, embedding, features)
		if len(o[0].Embedding) != 4 || len(o[0].PatchEmbeddings) != 5 || len(o[0].PatchFeatures) != 0 {
			t.Errorf("for the embedding: %v", o[0])
		}
		if len(o[1].Embedding) != 0 || len(o[1].PatchEmbeddings) != 0 || len(o[1].PatchFeatures) != 6 || o[1].PatchFeatures[5] != 0 {
			t.Errorf("for features: %v", o[1])
		}
	}
}

func TestNothingIsKeptOfAnEncoderThatCannotBeNamed(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "pictures")
	e := &counting{}
	ask(t, dir, e, plain(2, 2, 1))
	if ask(t, dir, e, plain(2, 2, 1)); e.asked != 2 {
		t.Errorf("asked for %d, want 2", e.asked)
	}
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("there is a folder: %v", err)
	}
}

// An engine takes over from the CPU while a picture is encoded: nobody knows whose
// outputs those are.
func TestNothingIsKeptOfACallDuringAHandOver(t *testing.T) {
	dir := t.TempDir()
	e := &counting{origin: "cpu"}
	e.during = func() { e.mu.Lock(); e.origin = "engine"; e.mu.Unlock() }
	ask(t, dir, e, plain(2, 2, 1))
	for _, origin := range []string{"cpu", "engine"} {
		later := &counting{origin: origin}
		if ask(t, dir, later, plain(2, 2, 1)); later.asked != 1 {
			t.Errorf("as of %s the outputs were kept", origin)
		}
	}
}

func TestTheEncodersErrorsArePassedOnAndNothingIsKept(t *testing.T) {
	dir := t.TempDir()
	e := &counting{origin: "cpu", err: errors.New("broken")}
	c := New(dir, e)
	defer c.Close()
	if _, err := c.Encode(context.Background(), []infer.Picture{plain(2, 2, 1)}, make([]infer.Output, 1)); !errors.Is(err, e.err) {
		t.Errorf("the error became %v", err)
	}
	for _, wrong := range []infer.Picture{{}, {Width: 2, Height: 2, Pix: make([]byte, 5)}, {Width: 1, Height: 1, Pix: make([]byte, 3), Region: image.Rect(0, 0, 2, 2)}} {
		asked := false
		sees := seeing(func(p []infer.Picture) error { asked = cmp.Equal(p[0], wrong); return e.err })
		if _, err := New(dir, sees).Encode(context.Background(), []infer.Picture{wrong}, make([]infer.Output, 1)); !asked || !errors.Is(err, e.err) {
			t.Errorf("%+v: asked the encoder: %t, %v", wrong, asked, err)
		}
	}
	c.Close()
	if works := (&counting{origin: "cpu"}); len(ask(t, dir, works, plain(2, 2, 1))) != 1 || works.asked != 1 {
		t.Error("outputs beside an error were kept")
	}
}

// seeing is an encoder that only sees what it is given.
type seeing func([]infer.Picture) error

func (s seeing) Origin() string { return "cpu" }

func (s seeing) Encode(_ context.Context, p []infer.Picture, _ []infer.Output) (infer.Timing, error) {
	return infer.Timing{}, s(p)
}

func entries(t *testing.T, dir string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "??", "*"))
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestAnEntryThatIsNotWhatWasWrittenIsEncodedAgain(t *testing.T) {
	other := t.TempDir()
	ask(t, other, &counting{origin: "cpu", number: 2}, plain(3, 3, 2))
	another, err := os.ReadFile(entries(t, other)[0])
	if err != nil {
		t.Fatal(err)
	}
	for name, damage := range map[string]func(data []byte) []byte{
		"cut off":         func(data []byte) []byte { return data[:len(data)/2] },
		"a first bit":     func(data []byte) []byte { data[0] ^= 1; return data },
		"a last bit":      func(data []byte) []byte { data[len(data)-1] ^= 128; return data },
		"longer":          func(data []byte) []byte { return append(data, 0) },
		"empty":           func([]byte) []byte { return nil },
		"no entry":        func([]byte) []byte { return []byte("something else") },
		"that of another": func([]byte) []byte { return another },
	} {
		dir := t.TempDir()
		want := ask(t, dir, &counting{origin: "cpu", number: 1}, plain(3, 3, 1))
		files := entries(t, dir)
		if len(files) != 1 {
			t.Fatalf("%d files", len(files))
		}
		data, err := os.ReadFile(files[0])
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(files[0], damage(data), 0o600); err != nil {
			t.Fatal(err)
		}
		e := &counting{origin: "cpu", number: 1}
		if diff := cmp.Diff(want, ask(t, dir, e, plain(3, 3, 1))); diff != "" || e.asked != 1 {
			t.Errorf("%s: asked for %d: %s", name, e.asked, diff)
		}
		e = &counting{origin: "cpu", number: 1}
		if ask(t, dir, e, plain(3, 3, 1)); e.asked != 0 {
			t.Errorf("%s: it was not written again", name)
		}
	}
}

// An entry whose checksum is right, and which is not one of ours.
func TestAForeignEntryIsEncodedAgain(t *testing.T) {
	p := plain(3, 3, 1)
	for name, data := range map[string][]byte{
		"too short": {1, 2, 3}, "no numbers": make([]byte, 12), "fewer numbers than it says": {2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
		"more than memory has": {255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255},
	} {
		dir := t.TempDir()
		s := newStore(dir)
		if !s.open() {
			t.Fatal("no folder")
		}
		s.put(keyOf("cpu", &p), append(make([]byte, checksumBytes), data...))
		if !s.get(keyOf("cpu", &p), func([]byte) bool { return true }) {
			t.Fatal("no entry")
		}
		e := &counting{origin: "cpu"}
		if ask(t, dir, e, p); e.asked != 1 {
			t.Errorf("%s: taken for outputs", name)
		}
	}
}

func TestAFolderThatIsOfNoUseCostsTimeButNeverAnError(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, dir := range map[string]string{"a file": file, "below a file": filepath.Join(file, "x"), "read-only": "/proc/self/pictures"} {
		e := &counting{origin: "cpu"}
		for range 2 {
			if o := ask(t, dir, e, plain(2, 2, 9)); o[0].Embedding[0] != 3 {
				t.Errorf("%s: %v", name, o)
			}
		}
		if e.asked != 2 {
			t.Errorf("%s: asked for %d", name, e.asked)
		}
	}
}

func TestNothingIsWrittenToADiskThatIsNearlyFull(t *testing.T) {
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=8m"); err != nil {
		need.Missing(t, "root, to make a small disk: %v", err)
	}
	t.Cleanup(func() { _ = unix.Unmount(dir, unix.MNT_DETACH) })
	e := &counting{origin: "cpu", size: 1000}
	for i := range 200 { // 2.4 MB
		ask(t, dir, e, plain(2, 2, byte(i)))
	}
	used := func() (bytes int64) {
		r := room{dir: dir}
		r.count()
		return r.used
	}
	if n := used(); n == 0 || n > 8<<20/shareOfFree {
		t.Errorf("%d bytes of a disk of 8 MB were taken", n)
	}
	var disk unix.Statfs_t
	if err := unix.Statfs(dir, &disk); err != nil {
		t.Fatal(err)
	}
	hog := make([]byte, int64(disk.Bavail)*disk.Bsize-200_000)
	if err := os.WriteFile(filepath.Join(dir, "hog"), hog, 0o600); err != nil {
		t.Fatal(err)
	}
	before := used()
	if ask(t, dir, e, plain(3, 2, 1)); used() != before {
		t.Errorf("%d bytes were written to a full disk", used()-before)
	}
	found := &counting{origin: "cpu", size: 1000}
	if ask(t, dir, found, plain(2, 2, 199)); found.asked != 0 {
		t.Error("what is there was not read")
	}
}

func TestTheLeastRecentlyUsedGoFirst(t *testing.T) {
	dir := t.TempDir()
	e := &counting{origin: "cpu", size: 10_000} // 120 kB an entry
	c := New(dir, e)
	c.store.room.max = 500_000
	encode := func(colours ...byte) {
		for _, colour := range colours {
			if _, err := c.Encode(context.Background(), []infer.Picture{plain(2, 2, colour)}, make([]infer.Output, 1)); err != nil {
				t.Fatal(err)
			}
		}
		c.Close()
	}
	encode(1, 2, 3)
	old := time.Now().Add(-3 * noted)
	for _, file := range entries(t, dir) {
		if err := os.Chtimes(file, old, old); err != nil {
			t.Fatal(err)
		}
	}
	foreign := filepath.Join(dir, "00", "mine") // however old it is
	if err := errors.Join(os.MkdirAll(filepath.Dir(foreign), 0o755), os.WriteFile(foreign, nil, 0o600), os.Chtimes(foreign, old, old)); err != nil {
		t.Fatal(err)
	}
	encode(2) // now it is used last
	encode(4, 5, 6)
	r := room{dir: dir}
	if r.count(); r.used > 500_000 || r.used < 200_000 {
		t.Errorf("%d bytes are kept", r.used)
	}
	e.asked = 0
	if encode(2, 6); e.asked != 0 {
		t.Errorf("%d of those that were used last were encoded again", e.asked)
	}
	if encode(1, 3); e.asked == 0 {
		t.Error("the others are still there")
	}
	if _, err := os.Stat(foreign); err != nil {
		t.Error(err)
	}
}

func TestWhatComesFasterThanItIsWrittenIsNotKept(t *testing.T) {
	dir := t.TempDir()
	w := writer{most: 100, store: newStore(dir)}
	o := &infer.Output{Embedding: make([]float32, 20)}
	w.running = true // as if it was busy
	for i := range 10 {
		w.add(key{byte(i)}, o)
	}
	w.ended.Go(w.run)
	if w.wait(); len(entries(t, dir)) != 2 || w.bytes != 0 || w.running {
		t.Errorf("%d of 96 bytes each were written, want 2; %d bytes wait", len(entries(t, dir)), w.bytes)
	}
}

func TestManyMayEncodeAtOnce(t *testing.T) {
	dir := t.TempDir()
	var all sync.WaitGroup
	for i := range 8 {
		c := New(dir, &counting{origin: "cpu", size: 5000}) // as many processes
		for range 2 {
			all.Go(func() {
				outs := make([]infer.Output, 3)
				for range 20 {
					_, err := c.Encode(context.Background(), []infer.Picture{plain(2, 2, 3), plain(2, 2, byte(10+i)), plain(5, 2, 30)}, outs)
					if err != nil || outs[0].Embedding[0] != 1 || outs[2].Embedding[1] != 5 || len(outs[1].PatchFeatures) != 5002 {
						t.Errorf("%v, %v", outs[0].Embedding[:4], err)
					}
				}
				c.Close()
			})
		}
	}
	all.Wait()
	last := &counting{origin: "cpu"}
	if ask(t, dir, last, plain(2, 2, 3), plain(5, 2, 30)); last.asked != 0 {
		t.Errorf("%d were not kept", last.asked)
	}
}
