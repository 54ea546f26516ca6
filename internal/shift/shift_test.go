package shift

import (
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the zone below, wherever the test runs
)

func TestOf(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	three, err := Parse([]string{"06:00", "14:00", "22:00"})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		calendar               Calendar
		now, from, to, earlier string
	}{
		{three, "2026-11-28 06:00", "2026-11-28 06:00", "2026-11-28 14:00", "2026-11-27 22:00"},
		{three, "2026-11-28 05:59", "2026-11-27 22:00", "2026-11-28 06:00", "2026-11-27 14:00"},
		{three, "2026-11-28 23:30", "2026-11-28 22:00", "2026-11-29 06:00", "2026-11-28 14:00"},
		{three, "2026-03-29 05:00", "2026-03-28 22:00", "2026-03-29 06:00", "2026-03-28 14:00"}, // 7 h long
		{three, "2026-10-25 05:00", "2026-10-24 22:00", "2026-10-25 06:00", "2026-10-24 14:00"}, // 9 h long
		{Calendar{6 * time.Hour}, "2027-01-01 03:00", "2026-12-31 06:00", "2027-01-01 06:00", "2026-12-30 06:00"},
		{nil, "2026-11-28 10:00", "2026-11-28 02:00", "2026-11-28 10:00", "2026-11-27 18:00"},
	} {
		now, err := time.ParseInLocation("2006-01-02 15:04", c.now, berlin)
		if err != nil {
			t.Fatal(err)
		}
		from, to := c.calendar.Of(now)
		earlier, end := c.calendar.Before(now)
		if got := []string{from.Format("2006-01-02 15:04"), to.Format("2006-01-02 15:04"), earlier.Format("2006-01-02 15:04")}; got[0] != c.from || got[1] != c.to || got[2] != c.earlier || !end.Equal(from) {
			t.Errorf("at %s: %v, before it until %v, want %s to %s after %s", c.now, got, end, c.from, c.to, c.earlier)
		}
	}
}

func TestParse_SaysWhatIsWrong(t *testing.T) {
	for text, want := range map[string]string{"6am": "no time of day", "25:00": "no time of day", "06:00 05:00": "in order", "06:00 06:00": "each once"} {
		if _, err := Parse(strings.Fields(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}
