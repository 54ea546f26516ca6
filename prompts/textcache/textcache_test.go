package textcache

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.etcd.io/bbolt"
)

// counting embeds a text as its length and the encoder's own number, and counts
// the texts that it was asked for.
type counting struct {
	mu     sync.Mutex
	number float32
	asked  int
	err    error
}

func (c *counting) Encode(_ context.Context, texts []string) ([][]float32, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked += len(texts)
	var all [][]float32
	for _, t := range texts {
		all = append(all, []float32{float32(len(t)), c.number})
	}
	return all, c.err
}

func ask(t *testing.T, c *Cache, texts ...string) [][]float32 {
	t.Helper()
	v, err := c.Encode(context.Background(), texts)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestAnEmbeddingIsFoundAgainByItsTextAndBundle(t *testing.T) {
	file := filepath.Join(t.TempDir(), "deep", "texts.db")
	first := &counting{number: 1}
	ask(t, New(file, "a", first), "x", "yy")
	second := &counting{number: 2}
	got := ask(t, New(file, "a", second), "x", "zzz", "yy", "")
	want := [][]float32{{1, 1}, {3, 2}, {2, 1}, {0, 2}}
	if diff := cmp.Diff(want, got); diff != "" || second.asked != 2 {
		t.Errorf("asked for %d: %s", second.asked, diff)
	}
	if got := ask(t, New(file, "b", second), "x"); got[0][1] != 2 {
		t.Errorf("another bundle was given %v", got)
	}
}

func TestAFileThatIsOfNoUseCostsTimeButNeverAnError(t *testing.T) {
	dir := t.TempDir()
	damaged := filepath.Join(dir, "damaged.db")
	if err := os.WriteFile(damaged, []byte(fmt.Sprintf("%9000d", 7)), 0o600); err != nil {
		t.Fatal(err)
	}
	locked := filepath.Join(dir, "locked.db")
	db, err := bbolt.Open(locked, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for name, file := range map[string]string{"damaged": damaged, "locked": locked, "a folder": dir, "below a file": filepath.Join(damaged, "x.db")} {
		e := &counting{number: 1}
		c := New(file, "a", e)
		ask(t, c, "x")
		if got := ask(t, c, "x"); got[0][1] != 1 {
			t.Errorf("%s: %v", name, got)
		}
		if name == "damaged" && e.asked != 1 {
			t.Errorf("a damaged file was not made anew")
		}
	}
	failing := &counting{err: errors.New("broken")}
	if _, err := New(filepath.Join(dir, "new.db"), "a", failing).Encode(context.Background(), []string{"x"}); !errors.Is(err, failing.err) {
		t.Errorf("the encoder's error became %v", err)
	}
}

func TestTheFileStaysBelowItsLimit(t *testing.T) {
	file := filepath.Join(t.TempDir(), "texts.db")
	e := &counting{}
	c := New(file, "a", e)
	ask(t, c, "x")
	if err := os.Truncate(file, MaxBytes+1); err != nil {
		t.Fatal(err)
	}
	ask(t, c, "x")
	if info, err := os.Stat(file); err != nil || info.Size() > MaxBytes || e.asked != 2 {
		t.Errorf("%v bytes, asked for %d, %v", info.Size(), e.asked, err)
	}
}

func TestManyMayAskAtOnce(t *testing.T) {
	file := filepath.Join(t.TempDir(), "texts.db")
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			got, err := New(file, "a", &counting{}).Encode(context.Background(), []string{"x", fmt.Sprint(i), "yy"})
			if err != nil || got[0][0] != 1 || got[2][0] != 2 {
				t.Errorf("%v, %v", got, err)
			}
		})
	}
	all.Wait()
}
