package agent

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pristine/capture/opencv"
	"pristine/capture/testline"
	"pristine/events"
	"pristine/inspect"
	"pristine/internal/config"
	"pristine/internal/need"
	"pristine/internal/problem"
)

// beltSettings is a camera at the built-in belt that learns 4 parts: with so few, some
// defective ones would pass.
func beltSettings(t *testing.T, dir, more string) *config.Config {
	t.Helper()
	// A second camera, without pictures, keeps the agent and its page running when the
	// belt has ended.
	idle := filepath.Join(dir, "idle")
	if err := os.MkdirAll(idle, 0o750); err != nil {
		t.Fatal(err)
	}
	return settings(t, dir, "cameras:\n  - {name: belt, source: 'testline://?seed=7&fps=0&speed=200&good_first=8&defect_rate=0.5&parts=24', policy: every, prompts: "+armed(t)+", learn_parts: 4"+more+"}\n  - {name: idle, source: 'watch://"+idle+"'}\n")
}

// verdictsOf counts the verdicts of the defective parts, and of all.
func verdictsOf(t *testing.T, a *running) (defective, all map[inspect.Verdict]int) {
	t.Helper()
	line := testline.Options{Seed: 7, Kind: "flange", GoodFirst: 8, DefectRate: 0.5}
	defective, all = map[inspect.Verdict]int{}, map[inspect.Verdict]int{}
	for _, r := range a.out.shownResults() {
		all[r.Verdict]++
		if p, _ := testline.Truth(line, r.Part); p.Defect != "" {
			defective[r.Verdict]++
		}
	}
	return defective, all
}

// Without a region the belt's parts are small in the picture: the camera does not
// see their defects, finds that out by itself, and passes no part.
func TestChallenge_BeltWithoutARegionPassesNoPart(t *testing.T) {
	a := start(t, beltSettings(t, t.TempDir(), ""))
	a.until("the belt's end", func() bool { return a.page().Cameras[0].Phase == "ended" })
	t.Log(a.cameras[0].live.Bank().Sensitivity().Detail)
	defective, all := verdictsOf(t, a)
	if all[inspect.Pass] > 0 || defective[inspect.Review]+defective[inspect.Fail] < 5 {
		t.Errorf("of all parts %v, of the defective ones %v: want no PASS\n%s", all, defective, a.out)
	}
	insensitive := 0
	for _, r := range a.out.shownResults() {
		if r.Reason == inspect.ReasonInsensitive {
			insensitive++
			if r.Verdict != inspect.Review || !strings.Contains(r.Detail, "synthetic") || !strings.Contains(r.Detail, "a region around the part") {
				t.Errorf("part %s is %s, %q: want REVIEW, and what would help", r.Part, r.Verdict, r.Detail)
			}
		}
	}
	if insensitive == 0 {
		t.Error("no part has the reason insensitive")
	}
	problems := a.page().Problems
	found := false
	for _, p := range problems {
		found = found || p.Code == problem.Insensitive && p.Camera == "belt" && strings.Contains(p.Text, "a region around the part")
	}
	if !found {
		t.Errorf("the problems are %v, want insensitive", problems)
	}
	if text := a.out.String(); !strings.Contains(text, "challenging with synthetic defects: 1 of ") {
		t.Error("the progress of the challenge is not shown")
	}
}

// With the region around the part the same camera sees the defects and passes
// good parts.
func TestChallenge_BeltWithARegionPassesGoodParts(t *testing.T) {
	need.NoRaceDetector(t) // the test above has the same goroutines
	a := start(t, beltSettings(t, t.TempDir(), ", parts_only: true, region: [0.265625, 0.08333333, 0.46875, 0.83333333]"))
	a.until("the belt's end", func() bool { return a.page().Cameras[0].Phase == "ended" })
	t.Log(a.cameras[0].live.Bank().Sensitivity().Detail)
	defective, all := verdictsOf(t, a)
	if all[inspect.Pass] < 4 || defective[inspect.Pass] > 1 {
		t.Errorf("of all parts %v, of the defective ones %v: want the good ones to PASS\n%s", all, defective, a.out)
	}
	for _, p := range a.page().Problems {
		if p.Code == problem.Insensitive {
			t.Errorf("the camera has the problem %v", p)
		}
	}
}

// A flagged part says where and how large its defect is, in the event and on the
// page, which also has its heat map with the legend below the frame.
func TestPlaces_StandInEventAndPage(t *testing.T) {
	need.NoRaceDetector(t) // the test above has the same goroutines
	a := start(t, beltSettings(t, t.TempDir(), ", parts_only: true, mm_per_pixel: 0.1, region: [0.265625, 0.08333333, 0.46875, 0.83333333]"))
	a.until("the belt's end", func() bool { return a.page().Cameras[0].Phase == "ended" })
	a.until("a heat map on the page", func() bool {
		for _, f := range a.page().Flagged {
			if f.Heat == "" || f.Verdict != "FAIL" {
				continue
			}
			_, width, height, err := opencv.Decode([]byte(a.get("/pictures/" + f.Heat)))
			if err != nil || width != testline.Width || height <= testline.Height {
				t.Errorf("the heat map of %s has %d×%d pixels, %v: want the legend below the frame", f.Part, width, height, err)
			}
			if len(f.Places) == 0 || f.Places[0].LengthMM != 0.1*f.Places[0].LengthPX {
				t.Errorf("%s has the places %+v", f.Part, f.Places)
			}
			return true
		}
		return false
	})
	fails := 0
	a.read(func(e events.Received) bool {
		r, err := e.Result()
		if err != nil {
			return false
		}
		switch {
		case r.Verdict == "FAIL" && (len(r.Places) == 0 || r.Heatmap == nil || r.Places[0].Class != "" && r.Places[0].Class != r.Likeliest):
			t.Errorf("%s FAILs with the places %+v, heat map %+v", r.Part, r.Places, r.Heatmap)
		case r.Verdict == "PASS" && len(r.Places) > 0:
			t.Errorf("%s passes with the places %+v", r.Part, r.Places)
		}
		if r.Verdict == "FAIL" {
			fails++
		}
		return fails == 1
	})
}

// What a challenge found outlives a restart; where the set has changed since, the
// parts are challenged anew before the first verdict.
func TestChallenge_OutlivesARestart(t *testing.T) {
	dir := t.TempDir()
	c := settings(t, dir, "cameras:\n  - {name: belt, source: 'testline://?seed=7&fps=10&speed=200', prompts: "+armed(t)+", learn_parts: 8}\n")
	first := start(t, c)
	insensitive := func(a *running) bool { return a.cameras[0].live.Bank().Sensitivity().Insensitive }
	first.until("the challenge", func() bool { return insensitive(first) })
	detail := first.cameras[0].live.Bank().Sensitivity().Detail
	first.until("a verdict", func() bool {
		last := first.page().Cameras[0].Last
		return last != nil && last.Reason == string(inspect.ReasonInsensitive)
	})
	if err := first.end(); err != nil {
		t.Fatal(err)
	}

	second := start(t, c)
	if s := second.cameras[0].live.Bank().Sensitivity(); s.Detail != detail {
		t.Errorf("after a restart: %+v, want %q", s, detail)
	}
	if strings.Contains(second.out.String(), "challenging with") {
		t.Error("the same set was challenged again")
	}
	if err := second.end(); err != nil {
		t.Fatal(err)
	}

	c.Cameras[0].Challenge.Found = 0.01
	third := start(t, c)
	third.until("the set to be challenged anew", func() bool {
		return strings.Contains(third.cameras[0].live.Bank().Sensitivity().Detail, "were found") && !insensitive(third)
	})
	for _, r := range third.out.shownResults() {
		if r.Reason == inspect.ReasonInsensitive {
			t.Errorf("part %s got %s before the challenge", r.Part, r.Verdict)
		}
	}
}

// A challenge says what a bank sees by itself: a camera that missed the planted
// defects misses them with an edited set, too, though none of its parts passes.
func TestChallenge_AnEditedSetIsChallengedByItself(t *testing.T) {
	set := armed(t)
	a := start(t, settings(t, t.TempDir(), "cameras:\n  - {name: belt, source: 'testline://?seed=7&fps=10&speed=200&good_first=8', policy: every, prompts: "+set+", learn_parts: 4}\n"))
	k := a.cameras[0]
	a.until("the challenge", func() bool { return k.live.Bank().Sensitivity().Insensitive })
	text, err := os.ReadFile(set)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(set, append(text, "temperature: 0.02\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	a.until("the challenge of the edited set", func() bool {
		found, _, err := k.kept.loadChallenge(k)
		return err == nil && found != nil && k.live.Bank().Set.Temperature == 0.02 && found.Of == k.challengeOf(k.live.Bank())
	})
	if s := k.live.Bank().Sensitivity(); !s.Insensitive || !strings.Contains(s.Detail, "a region around the part") {
		t.Errorf("the same references miss nothing with another temperature: %+v", s)
	}
}

// A camera with challenge.size 0 is not challenged.
func TestChallenge_SizeZeroIsNone(t *testing.T) {
	a := start(t, beltSettings(t, t.TempDir(), ", challenge: {size: 0}"))
	a.until("the belt's end", func() bool { return a.page().Cameras[0].Phase == "ended" })
	if strings.Contains(a.out.String(), "challenging with") {
		t.Error("it was challenged")
	}
	defective, _ := verdictsOf(t, a)
	if defective[inspect.Pass] == 0 {
		t.Error("no defective part passes even without a challenge: the tests above show nothing")
	}
}
