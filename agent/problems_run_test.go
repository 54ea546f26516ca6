package agent

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"pristine/capture/opencv"
	"pristine/internal/problem"
)

func TestProblems_SetRefused(t *testing.T) {
	file := armed(t)
	good, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	r := watch(t, settings(t, t.TempDir(), "cameras:\n  - {name: belt, source: 'testline://?fps=10', prompts: "+file+"}\n"))
	r.answers(200, 200, 200)
	if err := os.WriteFile(file, []byte("name: part\nobjekt: part\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	want := expected{problem.SetRefused, "belt", "", "objekt", 503, 200, 200}
	r.shown(want)
	if err := os.WriteFile(file, good, 0o600); err != nil {
		t.Fatal(err)
	}
	r.gone(want)
	r.answers(200, 200, 200)
}

func TestProblems_ProviderDegraded(t *testing.T) {
	r := watch(t, settings(t, t.TempDir(), "model: {providers: [tensorrt, cpu], policy: fallback}\n"+belt(t)))
	r.shown(expected{problem.ProviderDegraded, "", "", "the model runs on cpu", 503, 200, 200})
}

func TestProblems_LearningFailed(t *testing.T) {
	short := t.TempDir()
	jpeg, err := opencv.EncodeJPEG(bytes.Repeat([]byte{90, 120, 150}, 128*128), 128, 128, 90)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(short, "a.jpg"), jpeg, 0o600); err != nil {
		t.Fatal(err)
	}
	r := watch(t, settings(t, t.TempDir(), belt(t)+"  - {name: short, source: '"+short+"', policy: every, prompts: "+armed(t)+", learn_parts: 8}\n"))
	r.shown(expected{problem.LearningFailed, "short", "", "the camera ended after 1 of 8 parts", 503, 503, 503})
	r.until("the other station to be fit", func() bool { return r.code("/fitz?station=belt") == 200 })
	if code := r.code("/fitz?station=short"); code != 503 {
		t.Errorf("/fitz of the station that did not learn gives %d, want 503", code)
	}
}

// Learning that is asked for again ends the problem.
func TestProblems_LearningFailedRecovers(t *testing.T) {
	r := watch(t, settings(t, t.TempDir(), "cameras:\n  - {name: belt, source: 'testline://?fps=20&speed=200', prompts: "+armed(t)+", learn_parts: 6, challenge: {size: 0}}\n"))
	k := r.cameras[0]
	r.until("learning to begin", k.learnsSome)
	k.failToLearn()
	want := expected{problem.LearningFailed, "belt", "", "learning good parts failed", 503, 503, 503}
	r.shown(want)
	ask(t, r.running, "learn", nil)
	r.gone(want)
	r.answers(200, 200, 200)
}
