package agent

import "testing"

func TestFramesAhead(t *testing.T) {
	for _, c := range []struct{ cores, perRun, want int }{{1, 1, 1}, {2, 1, 2}, {16, 1, 4}, {1, 8, 3}, {2, 8, 6}, {16, 8, 8}} {
		if got := framesAhead(c.cores, c.perRun); got != c.want {
			t.Errorf("%d cores, %d pictures a run: %d frames ahead, want %d", c.cores, c.perRun, got, c.want)
		}
	}
}
