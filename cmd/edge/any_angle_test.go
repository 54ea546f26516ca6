package main

import (
	"context"
	"fmt"
	"image"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pristine/capture/opencv"
	"pristine/evaluate"
	"pristine/internal/need"
	"pristine/internal/turn"
	"pristine/observe"
	"pristine/prompts"
)

// angleGain is what references at every angle must win over references turned by
// quarters, in AUROC points, on parts that lie at any angle.
const angleGain = 1

// atAnyAngle writes the pictures turned by random angles, and returns the files.
func atAnyAngle(t *testing.T, r *rand.Rand, pattern string) []string {
	t.Helper()
	found, err := filepath.Glob(pattern)
	if err != nil || len(found) == 0 {
		t.Fatalf("%s: %v, %v", pattern, found, err)
	}
	dir := t.TempDir()
	var files []string
	for i, file := range found {
		pix, width, height, err := opencv.DecodeFile(file)
		if err != nil {
			t.Fatal(err)
		}
		pix = turn.Angle(nil, pix, width, image.Rect(0, 0, width, height), 360*r.Float64())
		data, err := opencv.EncodePNG(pix, width, height)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, filepath.Join(dir, fmt.Sprintf("%02d.png", i)))
		if err := os.WriteFile(files[i], data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// Parts that lie at any angle are told apart better by references at every angle,
// and the references themselves say that they lie so.
func TestReferencesAtEveryAngleRankBetter(t *testing.T) {
	t.Parallel()
	need.NoRaceDetector(t)
	e, plain := openPlain(t)
	plain.Set.TextWeight, plain.Set.Detail = 0, 1
	r := rand.New(rand.NewPCG(1, 0))
	var every, quarters float64
	lots := []string{"fork-0", "paperclip-0", "pretzel-0", "key-0", "chip-0", "blister-0"}
	for _, lot := range lots {
		good := atAnyAngle(t, r, "cmd/edge/testdata/lots/"+lot+"/good/*.jpg")
		bad := atAnyAngle(t, r, "cmd/edge/testdata/lots/"+lot+"/bad/*/*.jpg")
		references, err := e.LearnReferences(context.Background(), observe.View{}, good[:4], plain.Set.LearnNeeds(4))
		if err != nil {
			t.Fatal(err)
		}
		auroc := func() (float64, int) {
			bank, err := plain.WithReferences(references)
			if err != nil {
				t.Fatal(err)
			}
			raw := func(files []string) (all []float64) {
				var s prompts.Scores
				for _, file := range files {
					var o prompts.Observation
					if err := e.NewEncoder(observe.View{}).ObserveFile(context.Background(), file, bank.Needs(), &o); err != nil {
						t.Fatal(err)
					}
					if err := bank.Score(&o, &s); err != nil {
						t.Fatal(err)
					}
					all = append(all, s.Raw)
				}
				return all
			}
			return 100 * evaluate.AUROC(raw(good[4:]), raw(bad)), bank.Angles()
		}
		with, angles := auroc()
		references.DropAngled()
		without, turned := auroc()
		t.Logf("%s: %.1f at %d angles, %.1f at %d", lot, with, angles, without, turned)
		if angles != 24 {
			t.Errorf("%s is compared at %d angles", lot, angles)
		}
		every, quarters = every+with/float64(len(lots)), quarters+without/float64(len(lots))
	}
	t.Logf("mean %.1f at every angle, %.1f by quarters", every, quarters)
	if every < quarters+angleGain {
		t.Errorf("every angle wins %.1f points, want %d or more", every-quarters, angleGain)
	}
}

// What has an up is not compared at other angles.
func TestReferencesOfPartsWithAnUpCountAsTheyLie(t *testing.T) {
	t.Parallel()
	need.NoRaceDetector(t)
	e, plain := openPlain(t)
	plain.Set.Detail = 1
	boards, _ := filepath.Glob(frames(t, "testline://?fps=0&speed=240&kind=board&seed=1&defect_rate=0", 4) + "/*.jpg")
	references, err := e.LearnReferences(context.Background(), observe.View{}, boards, plain.Set.LearnNeeds(4))
	if err != nil {
		t.Fatal(err)
	}
	bank, err := plain.WithReferences(references)
	if err != nil || bank.Angles() != 1 {
		t.Errorf("boards are compared at %d angles: %v", bank.Angles(), err)
	}
	for _, p := range references.Pictures() {
		if len(p.Seen.Angled) > 0 {
			t.Error("what has no use is kept")
		}
	}
}

// What is kept and printed has the angles in it, and pictures added later join in.
func TestAnglesAreKeptAndToldAbout(t *testing.T) {
	t.Parallel()
	need.NoRaceDetector(t)
	good := atAnyAngle(t, rand.New(rand.NewPCG(1, 0)), "cmd/edge/testdata/lots/paperclip-0/good/*.jpg")
	set := setBeside(t, "detail: 1\n")
	if out, _ := edge(t, 0, append([]string{"reference", "add", set}, good[:2]...)...); !strings.Contains(out, "turned ones are not in use") {
		t.Errorf("two references say how a part lies: %s", out)
	}
	if out, _ := edge(t, 0, append([]string{"reference", "add", set}, good[:4]...)...); !strings.Contains(out, "at 24 angles (turned: auto)") {
		t.Errorf("add printed %s", out)
	}
	if out, _ := edge(t, 0, "reference", "add", set, good[4]); !strings.Contains(out, "at 24 angles (turned: auto)") {
		t.Errorf("add of a fifth printed %s", out)
	}
	if out, _ := edge(t, 0, "reference", "list", set); !strings.Contains(out, "at 24 angles (turned: auto)") {
		t.Errorf("list printed %s", out)
	}
}
