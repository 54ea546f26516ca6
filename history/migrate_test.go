package history

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var write = flag.Int("write-version", 0, "make testdata/vN.db, before the next migration is added")

func TestOpen_MigratesOlderFilesAndRefusesNewerOnes(t *testing.T) {
	ctx := context.Background()
	if *write > 0 {
		writeVersion(t, *write)
	}
	for v := 1; v <= version; v++ {
		dir := t.TempDir()
		data, err := os.ReadFile(filepath.Join("testdata", fmt.Sprintf("v%d.db", v)))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, fileName), data, 0o600); err != nil {
			t.Fatal(err)
		}
		if v == version {
			reader := must(OpenReader(ctx, dir))(t)
			if err := reader.Close(); err != nil {
				t.Error(err)
			}
		} else if _, err := OpenReader(ctx, dir); err == nil || !strings.Contains(err.Error(), "start the agent once") {
			t.Errorf("version %d is read as it is: %v", v, err)
		}
		h := open(t, Options{Dir: dir})
		all := must(h.Parts(ctx, Filter{}, 100))(t)
		if len(all) != 30 || all[29].Part != "flange-0" || all[29].Defect == nil {
			t.Errorf(`version %d: %d parts; want len(all) == 30, all[29].Part == "flange-0", all[29].Defect != nil`, v, len(all))
		}
		if _, err := h.Label(ctx, Label{Result: all[0].ID, Who: "ann", Label: Good}); err != nil {
			t.Errorf("version %d: %v", v, err)
		}
		if err := h.Close(); err != nil {
			t.Fatal(err)
		}
		if v == version {
			db := must(sql.Open("sqlite", filepath.Join(dir, fileName)))(t)
			if _, err := db.Exec("PRAGMA user_version = 1000"); err != nil {
				t.Fatal(err)
			}
			_ = db.Close()
			if _, err := Open(ctx, Options{Dir: dir}); !errors.Is(err, ErrNewer) {
				t.Errorf("a newer file: %v", err)
			}
			if _, err := OpenReader(ctx, dir); !errors.Is(err, ErrNewer) {
				t.Errorf("a newer file: %v", err)
			}
		}
	}
}

// writeVersion makes the file of a version in testdata, before the next migration is
// added.
func writeVersion(t *testing.T, v int) {
	all := migrations
	version, migrations = v, migrations[:v]
	defer func() { migrations, version = all, len(all) }()
	h := open(t, Options{})
	fill(t, h, 0, 30)
	if _, err := h.write.Exec("VACUUM INTO ?", fmt.Sprintf("testdata/v%d.db", v)); err != nil {
		t.Fatal(err)
	}
}

func TestOpen_SetsADamagedFileAside(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, fileName), []byte(strings.Repeat("no database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	h, err := Open(context.Background(), Options{Dir: dir})
	if h == nil || err == nil || !strings.Contains(err.Error(), "a new history begins") {
		t.Fatalf(`%v, %v; want h != nil, err != nil, strings.Contains(err.Error(), "a new history begins")`, h, err)
	}
	fill(t, h, 0, 1)
	if err := h.Close(); err != nil {
		t.Error(err)
	}
	if aside, _ := filepath.Glob(filepath.Join(dir, "*.damaged-*")); len(aside) != 1 {
		t.Error(aside)
	}
}

func TestOpenReader_SaysWhereThereIsNone(t *testing.T) {
	if _, err := OpenReader(context.Background(), t.TempDir()); !errors.Is(err, ErrNone) || !strings.Contains(err.Error(), "history.max_bytes") {
		t.Errorf(`got err %+v; want errors.Is(err, ErrNone), strings.Contains(err.Error(), "history.max_bytes")`, err)
	}
}
