package prompts

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var testBundle = BundleInfo{Hash: strings.Repeat("b", 64), Dim: 3, LogitScale: 10, PatchLogitScale: 10}

func bankOf(t *testing.T, file string, bundle BundleInfo) *Bank {
	t.Helper()
	set, err := Load(file)
	if err != nil {
		t.Fatal(err)
	}
	b, err := NewBank(context.Background(), set, wordEncoder{}, bundle)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

const commented = `# What we inspect on line 3.

name: lid     # as the plant calls it
object: lid

pristine: ["flawless {}"]
thresholds:   # set by hand
  review: 0.3 # the night shift asked for it
  fail: 0.7

# Defects of the press.
defects:
  scratch: {prompts: ["scratched {}"]}   # by the gripper

# the end
`

func record1(t *testing.T, text string) (file string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "set.yaml")
	if err := os.WriteFile(file, []byte(text), 0o640); err != nil {
		t.Fatal(err)
	}
	set, err := Load(file)
	if err != nil {
		t.Fatal(err)
	}
	v := Validation{
		Date: "2026-11-24", Passed: true, Targets: []string{"overkill<=1%"}, Bundle: testBundle.Hash, Set: set.Hash(),
		Pictures: Pictures{Good: 300, Bad: 40, SHA256: HashPictures([]string{"2", "1"})},
		Overkill: Rate{0, 0, 0.0099}, Escape: Rate{0.025, 0.0006, 0.13},
	}
	if err := Record(file, v, &Calibration{Slope: 2.5, Offset: -1}, Thresholds{Review: 0.25, Fail: 0.8}); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestRecordChangesNothingElse(t *testing.T) {
	file := record1(t, commented)
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	set, err := Load(file)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.NewReplacer(
		"thresholds:   # set by hand\n  review: 0.3 # the night shift asked for it\n  fail: 0.7\n",
		"thresholds: # set by hand\n  review: 0.25 # the night shift asked for it\n  fail: 0.8\n",
	).Replace(commented) + `calibration:
  slope: 2.5
  offset: -1
validation:
  date: "2026-11-24"
  passed: true
  targets:
    - overkill<=1%
  bundle: ` + testBundle.Hash + `
  set: ` + set.Hash() + `
  references: ""
  pictures:
    good: 300
    bad: 40
    sha256: ` + HashPictures([]string{"1", "2"}) + `
  overkill:
    rate: 0
    low: 0
    high: 0.0099
  escape:
    rate: 0.025
    low: 0.0006
    high: 0.13
  thresholds:
    review: 0.25
    fail: 0.8
`
	if diff := cmp.Diff(want, string(data)); diff != "" {
		t.Error(diff)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("the file's mode is %v, %v", info.Mode(), err)
	}
	v := *set.Validation
	if err := Record(file, v, set.Calibration, set.Thresholds); err != nil {
		t.Fatal(err)
	}
	if again, _ := os.ReadFile(file); string(again) != want {
		t.Errorf("recorded again:\n%s", cmp.Diff(want, string(again)))
	}
	if err := Record(file, v, nil, set.Thresholds); err != nil {
		t.Fatal(err)
	}
	if set, err = Load(file); err != nil || set.Calibration != nil || set.Validation == nil {
		t.Errorf("without a calibration: %+v, %v", set, err)
	}
}

func TestRecordRefusesASetThatWasEditedMeanwhile(t *testing.T) {
	file := record1(t, commented)
	set, err := Load(file)
	if err != nil {
		t.Fatal(err)
	}
	edited := strings.Replace(commented, "scratched {}", "scratched grey {}", 1)
	if err := os.WriteFile(file, []byte(edited), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Record(file, *set.Validation, nil, set.Thresholds); !errors.Is(err, ErrEdited) {
		t.Errorf("gave %v", err)
	}
	if data, _ := os.ReadFile(file); string(data) != edited {
		t.Errorf("the file was changed:\n%s", data)
	}
}

func TestASetIsArmedByHandOrByAPassingValidation(t *testing.T) {
	other := testBundle
	other.Hash = strings.Repeat("c", 64)
	tests := map[string]struct {
		edit    func(string) string
		bundle  BundleInfo
		armed   bool
		because string
	}{
		"validated":                    {func(s string) string { return s }, testBundle, true, "validated on 2026-11-24"},
		"never validated":              {func(string) string { return commented }, testBundle, false, "never validated"},
		"another bundle":               {func(s string) string { return s }, other, false, "another bundle"},
		"prompts edited":               {func(s string) string { return strings.Replace(s, "scratched {}", "worn {}", 1) }, testBundle, false, "edited after"},
		"calibration edited":           {func(s string) string { return strings.Replace(s, "slope: 2.5", "slope: 9", 1) }, testBundle, false, "edited after"},
		"thresholds edited":            {func(s string) string { return strings.Replace(s, "fail: 0.8", "fail: 0.9", 1) }, testBundle, false, "thresholds were edited"},
		"targets not kept":             {func(s string) string { return strings.Replace(s, "passed: true", "passed: false", 1) }, testBundle, false, "missed its targets"},
		"validated with references":    {func(s string) string { return strings.Replace(s, `references: ""`, "references: "+other.Hash, 1) }, testBundle, false, "other references"},
		"comments and severity edited": {func(s string) string { return strings.Replace(s, "  # by the gripper", " # by hand", 1) }, testBundle, true, "validated"},
		"by hand, never validated":     {func(string) string { return commented + "arm: true\n" }, testBundle, true, "armed by hand, though the set was never validated"},
		"by hand, validated":           {func(s string) string { return s + "arm: true\n" }, testBundle, true, "validated on"},
		"held in shadow by hand":       {func(s string) string { return s + "arm: false\n" }, testBundle, false, "arm: false"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			file := record1(t, commented)
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, []byte(tc.edit(string(data))), 0o600); err != nil {
				t.Fatal(err)
			}
			if armed, reason := bankOf(t, file, tc.bundle).Armed(); armed != tc.armed || !strings.Contains(reason, tc.because) {
				t.Errorf("armed %v: %s", armed, reason)
			}
		})
	}
}

func TestACalibrationIsUsedForWhatItHoldsForOnly(t *testing.T) {
	file := record1(t, commented)
	other := testBundle
	other.Hash = strings.Repeat("c", 64)
	for _, bundle := range []BundleInfo{testBundle, other} {
		o, s := look(at(0.7), at(0.7), at(0.7), at(0.7), at(0.7)), Scores{}
		o.Bundle = bundle.Hash
		if err := bankOf(t, file, bundle).Score(o, &s); err != nil {
			t.Fatal(err)
		}
		calibrated := 1 / (1 + math.Exp(-(2.5*s.Raw - 1)))
		if used := math.Abs(s.Defect-calibrated) < 1e-12; used != (bundle.Hash == testBundle.Hash) {
			t.Errorf("bundle %.4s: P(defect) is %v, calibrated it would be %v", bundle.Hash, s.Defect, calibrated)
		}
	}
}

func FuzzRecord(f *testing.F) {
	f.Add([]byte(commented))
	f.Add([]byte("name: x"))
	f.Add([]byte("name: x\nvalidation: null\n# end"))
	f.Add([]byte("# a\n\n\"name\": x\nthresholds: {review: 0.1,\n  fail: 0.2}\n\n\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		file := filepath.Join(t.TempDir(), "set.yaml")
		before, err := Parse(file, data)
		if err != nil {
			return
		}
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		v := Validation{Date: "2026-11-24", Bundle: testBundle.Hash, Set: before.Hash(), Pictures: Pictures{SHA256: testBundle.Hash}}
		recorded := Record(file, v, nil, Thresholds{Review: 0.125, Fail: 0.875})
		after, err := Load(file)
		if err != nil {
			t.Fatalf("a set that was good is not any more: %v", err)
		}
		if recorded == nil {
			before.Thresholds, before.Validation, before.Calibration = after.Thresholds, after.Validation, nil
		}
		if diff := cmp.Diff(before, after); diff != "" || recorded == nil && after.Thresholds.Fail != 0.875 {
			t.Fatalf("recorded %v: %s", recorded, diff)
		}
	})
}
