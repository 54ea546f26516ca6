package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"pristine/capture/opencv"
	"pristine/internal/need"
	"pristine/internal/pictures"
)

// halve makes the pictures in a folder half as wide and high, so that they are compared
// in detail 2: a quarter of the work. The walk of docs/prompts.md begins with large ones.
func halve(t *testing.T, dir string) {
	t.Helper()
	list, err := pictures.List(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range list.Files {
		pix, width, height, err := opencv.DecodeFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var half []byte
		for y := 0; y+1 < height; y += 2 {
			for x := 0; x+1 < width; x += 2 {
				for c := range 3 {
					sum := 0
					for _, at := range [][2]int{{x, y}, {x + 1, y}, {x, y + 1}, {x + 1, y + 1}} {
						sum += int(pix[3*(at[1]*width+at[0])+c])
					}
					half = append(half, byte(sum/4))
				}
			}
		}
		data, err := opencv.EncodeJPEG(half, width/2, height/2, 95)
		if err == nil {
			err = os.WriteFile(file, data, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// A part's photos become a station by edge init and the commands that it says: it
// inspects what is put into its folder, and its thresholds rest on the photos.
func TestInit_FromPhotosToAWatchedStation(t *testing.T) {
	t.Parallel()
	need.NoRaceDetector(t)
	dir := t.TempDir()
	lot, part := filepath.Join(dir, "lot"), filepath.Join(dir, "steel flange")
	edge(t, 0, "testline", lot, "--parts", "60", "--seed", "5", "--references", "0")
	halve(t, lot)
	good, err := filepath.Glob(filepath.Join(lot, "good", "*"))
	if err != nil || len(good) < 36 {
		t.Fatalf("%d good photos, %v", len(good), err)
	}
	out, _ := edge(t, 0, "init", part, "--name", "steel-flange", "--good", lot+"/good", "--bad", lot+"/bad")
	for _, want := range []string{"prompts from ", fmt.Sprintf("%d references", len(good)/3), fmt.Sprintf("Good / bad pictures       │ %d / ", len(good)-len(good)/3), "AUROC", "report: ", "Next:\n  edge run --config '" + part + "/edge.yaml'"} {
		if !strings.Contains(out, want) {
			t.Errorf("edge init does not say %q:\n%s", want, out)
		}
	}
	if page, err := os.ReadFile(filepath.Join(part, "report.html")); err != nil || !bytes.Contains(page, []byte("<html")) {
		t.Errorf("the report: %v", err)
	}
	calibrate := regexp.MustCompile(`(?m)^  edge (calibrate .*)$`).FindStringSubmatch(out)
	if calibrate == nil {
		t.Fatalf("edge init does not say how to calibrate:\n%s", out)
	}
	edge(t, 0, shellWords(calibrate[1])...)

	config := filepath.Join(part, "edge.yaml")
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	text = append(bytes.Replace(text, []byte("127.0.0.1:8080"), []byte("127.0.0.1:0"), 1), "events: {listen: ''}\n"...)
	if err := os.WriteFile(config, text, 0o600); err != nil {
		t.Fatal(err)
	}
	fresh := filepath.Join(dir, "fresh")
	edge(t, 0, "testline", fresh, "--parts", "30", "--seed", "6", "--references", "2")
	halve(t, fresh)
	photos, err := filepath.Glob(filepath.Join(fresh, "good", "*"))
	if err != nil || len(photos) == 0 {
		t.Fatalf("%d fresh photos, %v", len(photos), err)
	}
	child, log := process(t, nil, "run", "--config", config)
	for _, photo := range photos {
		data, err := os.ReadFile(photo)
		if err == nil {
			err = os.WriteFile(filepath.Join(part, "in", filepath.Base(photo)), data, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	done := func() int {
		files, _ := filepath.Glob(filepath.Join(part, "in", "*", "*"))
		return len(files)
	}
	until(t, "the pictures to be inspected and moved", log, func() bool { return done() == len(photos) })
	interrupt(t, child, log)
	if accepted, _ := filepath.Glob(filepath.Join(part, "in", "done", "*")); len(accepted) < len(photos)/2 {
		t.Errorf("of %d good parts %d passed, want at least half: %s", len(photos), len(accepted), log.String())
	}
	if strings.Contains(log.String(), "(shadow)") {
		t.Errorf("the set was calibrated, and yet it is in shadow: %s", log.String())
	}
}

// shellWords splits a command as a shell does, where it has single quotes only.
func shellWords(command string) (out []string) {
	for i, piece := range strings.Split(command, "'") {
		if i%2 == 1 {
			out = append(out, piece)
		} else {
			out = append(out, strings.Fields(piece)...)
		}
	}
	return out
}

func TestInit_Refuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, out := edge(t, 2, "init", dir+"/part"); !strings.Contains(out, "--good") {
		t.Errorf("without photos: %s", out)
	}
	if _, out := edge(t, 2, "init", dir+"/part", "--good", dir); !strings.Contains(out, "no pictures found") {
		t.Errorf("an empty folder: %s", out)
	}
	if _, err := os.Stat(dir + "/part"); err == nil {
		t.Error("a refused init made the folder")
	}
}

func TestInit_AsksForWhatIsMissing(t *testing.T) {
	t.Parallel()
	var c initCommand
	var out bytes.Buffer
	c.ask(&out, strings.NewReader("photos/good\n\nhex bolt\nrtsp://camera/1\n"))
	if len(c.Good) != 1 || c.Good[0] != "photos/good" || c.Bad != nil || c.Object != "hex bolt" || c.Source != "rtsp://camera/1" {
		t.Errorf(`got %+v; want len(c.Good) == 1, c.Good[0] == "photos/good", c.Bad == nil, c.Object == "hex bolt", c.Source == "rtsp://camera/1"`, c)
	}
	if strings.Count(out.String(), ": ") != 4 {
		t.Errorf("the questions are %q, want four", out.String())
	}
}
