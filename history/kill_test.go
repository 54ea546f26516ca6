package history

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"
)

const (
	victimDir  = "PRISTINE_HISTORY_VICTIM"
	victimFrom = "PRISTINE_HISTORY_FROM"
)

// victim writes until it is killed, and says what has reached the disk.
func victim() {
	ctx := context.Background()
	from, _ := strconv.Atoi(os.Getenv(victimFrom))
	h, err := Open(ctx, Options{Dir: os.Getenv(victimDir), MaxBytes: 4 << 20})
	if err != nil {
		fmt.Println("failed:", err)
		return
	}
	h.swept = time.Now().Add(-sweepEvery)
	for i := from; ; {
		for range 10 {
			r := record(i)
			r.Picture = make([]byte, 3000)
			h.Add(r)
			i++
		}
		if err := h.Flush(ctx); err != nil {
			fmt.Println("failed:", err)
			return
		}
		fmt.Printf("kept K-%d\n", i-1)
		c, err := h.Change(ctx, Change{Who: "victim", Kind: "arm", Object: "belt", After: strconv.Itoa(i)})
		if err != nil {
			fmt.Println("failed:", err)
			return
		}
		fmt.Printf("changed %d\n", c.ID)
	}
}

// A process that is killed at any moment leaves a file that opens, with all that
// it said was on the disk.
func TestHistory_SurvivesKillAtAnyMoment(t *testing.T) {
	kills := 200
	if testing.Short() {
		kills = 20
	}
	ctx, dir := context.Background(), t.TempDir()
	from, said, last := 0, 0, ""
	life := 60 * time.Millisecond // of a child, on average
	for round := range kills {
		child := exec.Command(os.Args[0], "-test.run=^$")
		child.Env = append(os.Environ(), victimDir+"="+dir, victimFrom+"="+strconv.Itoa(from))
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(rand.N(life)+time.Duration(round%2)*life/2, func() { _ = child.Process.Kill() })
		changed, before := int64(0), said
		for lines := bufio.NewScanner(out); lines.Scan(); {
			switch what, value, _ := strings.Cut(lines.Text(), " "); what {
			case "kept":
				last = value
				said++
			case "changed":
				changed, _ = strconv.ParseInt(value, 10, 64)
			default:
				t.Fatalf("round %d: %s", round, lines.Text())
			}
		}
		_ = child.Wait()
		if said == before { // a busy machine needs longer to begin
			life = min(2*life, 2*time.Second)
		} else {
			life = max(life/2, 60*time.Millisecond)
		}
		from = (round + 1) * 1_000_000
		h, err := Open(ctx, Options{Dir: dir})
		if err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		if last != "" {
			if _, err := h.Part(ctx, last); err != nil {
				t.Errorf("round %d: %s was on the disk: %v", round, last, err)
			}
		}
		if n, _, err := h.Verify(ctx); err != nil || n < changed {
			t.Errorf("round %d: %d changes of %d: %v", round, n, changed, err)
		}
		var check string
		if err := h.write.QueryRow("PRAGMA quick_check").Scan(&check); err != nil || check != "ok" {
			t.Errorf("round %d: %s, %v", round, check, err)
		}
		var results, counted, first int
		if err := h.write.QueryRow("SELECT (SELECT count(*) FROM results), (SELECT coalesce(sum(n), 0) FROM minutes), (SELECT coalesce(min(id), 1) FROM results)").Scan(&results, &counted, &first); err != nil || results+first-1 != counted {
			t.Errorf("round %d: %d results from %d on, %d counted, %v", round, results, first, counted, err)
		}
		if err := h.Close(); err != nil {
			t.Errorf("round %d: %v", round, err)
		}
		if t.Failed() {
			t.FailNow()
		}
	}
	t.Logf("%d kills, %d batches said to be on the disk, none lost", kills, said)
	if said < kills/4 {
		t.Errorf("only %d batches were written", said)
	}
}
