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
	const hour = Time(time.Hour)
	three := Calendar{6 * hour, 14 * hour, 22 * hour}
	for _, c := range []struct {
		calendar               Calendar
		now, from, to, earlier string
	}{
		{three, "2026-11-28 06:00", "2026-11-28 06:00", "2026-11-28 14:00", "2026-11-27 22:00"},
		{three, "2026-11-28 05:59", "2026-11-27 22:00", "2026-11-28 06:00", "2026-11-27 14:00"},
		{three, "2026-11-28 23:30", "2026-11-28 22:00", "2026-11-29 06:00", "2026-11-28 14:00"},
		{three, "2026-03-29 05:00", "2026-03-28 22:00", "2026-03-29 06:00", "2026-03-28 14:00"}, // 7 h long
		{three, "2026-10-25 05:00", "2026-10-24 22:00", "2026-10-25 06:00", "2026-10-24 14:00"}, // 9 h long
		{Calendar{6 * hour}, "2027-01-01 03:00", "2026-12-31 06:00", "2027-01-01 06:00", "2026-12-30 06:00"},
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

func TestTime(t *testing.T) {
	for text, want := range map[string]time.Duration{"00:00": 0, "06:00": 6 * time.Hour, "22:30": 22*time.Hour + 30*time.Minute} {
		var at Time
		if err := at.UnmarshalText([]byte(text)); err != nil || at != Time(want) || at.String() != text {
			t.Errorf("%s: got %v, %v, want %v", text, at, err, want)
		}
	}
	for _, text := range []string{"", "6am", "25:00", "06:00 07:00"} {
		at := Time(1)
		if err := at.UnmarshalText([]byte(text)); err == nil || at != 1 || !strings.Contains(err.Error(), "must be a time of day, such as 06:00") {
			t.Errorf("%q: got %v, %v, want an error", text, at, err)
		}
	}
}

func TestCalendar_Check(t *testing.T) {
	const hour = Time(time.Hour)
	for _, c := range []Calendar{{6 * hour, 5 * hour}, {6 * hour, 6 * hour}} {
		if err := c.Check(); err == nil || !strings.Contains(err.Error(), "in order, each once") {
			t.Errorf("%v: got %v, want an error", c, err)
		}
	}
	for _, c := range []Calendar{nil, {0}, {5 * hour, 6 * hour}} {
		if err := c.Check(); err != nil {
			t.Errorf("%v: %v", c, err)
		}
	}
}
