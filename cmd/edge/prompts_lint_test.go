package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pristine/internal/need"
	"pristine/observe"
	"pristine/prompts"
)

// Each case is a set's lines below name and object, and the one rule that it
// breaks.
var lintCases = map[prompts.Rule][]string{
	prompts.RuleNegation: {
		`defects: {x: {prompts: ["{} with no label"]}}`, `defects: {x: {prompts: ["not round {}"]}}`, `defects: {x: {prompts: ["{} without a cap"]}}`,
		`defects: {x: {prompts: ["{} that isn't flat"]}}`, `defects: {x: {prompts: ["{} lacking a seal"]}}`, `defects: {x: {prompts: ["non-uniform {}"]}}`,
		`lookalikes: {x: {prompts: ["{} with dust, not damage"]}}`, `pristine: ["{} without scratches"]`, `pristine: ["{} with no dents"]`,
		`pristine: ["scratch-free {}"]`,
	},
	prompts.RuleCounting: {
		`defects: {x: {prompts: ["{} with 3 scratches"]}}`, `defects: {x: {prompts: ["{} with two holes"]}}`, `defects: {x: {prompts: ["{} with an extra hole"]}}`,
		`defects: {x: {prompts: ["{} with one missing screw"]}}`, `defects: {x: {prompts: ["{} with too many bubbles"]}}`, `defects: {x: {prompts: ["{} with fewer than twelve teeth"]}}`,
		`pristine: ["intact {}", "{} with exactly four screws"]`, `defects: {x: {prompts: ["{} with dozens of pits"]}}`, `defects: {x: {prompts: ["{} with a single scratch"]}}`,
	},
	prompts.RulePosition: {
		`defects: {x: {prompts: ["{} scratched on the left"]}}`, `defects: {x: {prompts: ["{} with a dent on the right side"]}}`, `defects: {x: {prompts: ["{} with a stain above the seam"]}}`,
		`defects: {x: {prompts: ["{} with a crack below the rim"]}}`, `defects: {x: {prompts: ["upside-down {}"]}}`, `defects: {x: {prompts: ["{} with a chip at the top"]}}`,
		`defects: {x: {prompts: ["{} rotated in its tray"]}}`, `defects: {x: {prompts: ["{} with a horizontal scratch"]}}`, `defects: {x: {prompts: ["{} with a bubble next to the rim"]}}`,
	},
	prompts.RuleReading: {
		`defects: {x: {prompts: ["{} with wrong text"]}}`, `defects: {x: {prompts: ["{} with an illegible label"]}}`, `defects: {x: {prompts: ["{} with a misspelled word"]}}`,
		`defects: {x: {prompts: ["{} with a damaged barcode"]}}`, `defects: {x: {prompts: ["{} whose label says broken"]}}`, `defects: {x: {prompts: ["{} with a wrong serial number"]}}`,
		`defects: {x: {prompts: ["{} with a wrong expiry date"]}}`, `defects: {x: {prompts: ["{} with missing letters"]}}`, `defects: {x: {prompts: ["broken {} labelled “OK”"]}}`,
	},
	prompts.RuleTwoStates: {
		`defects: {x: {prompts: ["scratched and dented {}"]}}`, `defects: {x: {prompts: ["cracked or chipped {}"]}}`, `defects: {x: {prompts: ["dirty, broken {}"]}}`,
		`defects: {x: {prompts: ["{} with a crack/scratch"]}}`, `defects: {x: {prompts: ["broken {} as well as dirt"]}}`, `defects: {x: {prompts: ["dented & scratched {}"]}}`,
		`pristine: ["clean and intact {}", "flawless {}"]`, `defects: {x: {prompts: ["clean but cracked {}"]}}`,
	},
	prompts.RuleTooLong: {
		`defects: {x: {prompts: ["{} that was scratched by the gripper of the robot when it was taken from the tray to the belt in the morning shift"]}}`,
		`defects: {x: {prompts: ["{} with a crack that begins near the rim then runs through the wall of the part to its center where it ends in a hole"]}}`,
		`defects: {x: {prompts: ["` + strings.Repeat("very ", 70) + `broken {}"]}}`,
		`pristine: ["flawless {}", "flawless {} as the customer ordered it from us in spring after the long talk about surfaces with the plant manager"]`,
		`lookalikes: {x: {prompts: ["{} with dust which settled on it while the belt stood still during the lunch break of the people in the packing hall"]}}`,
	},
	prompts.RuleDuplicate: {
		`defects: {x: {prompts: ["{} with a scratch", "{} with scratch"]}}`, `defects: {x: {prompts: ["Broken {}", "broken {}"]}}`, `defects: {x: {prompts: ["a cracked {}", "the cracked  {}"]}}`,
		`{pristine: ["flawless {}", "smooth {}"], defects: {x: {prompts: ["smooth {}", "scratched {}"]}}}`, `defects: {x: {prompts: ["stained {}"]}, y: {prompts: ["stained {}.", "torn {}"]}}`,
		`{defects: {x: {prompts: ["dirty {}", "broken {}"]}}, lookalikes: {y: {prompts: ["a dirty {}"]}}}`,
	},
	prompts.RuleGibberish: {
		`defects: {x: {prompts: ["xqzvtk {}"]}}`, `defects: {x: {prompts: ["asdfghjkl {}"]}}`, `defects: {x: {prompts: ["{} with bjkwpt"]}}`, `defects: {x: {prompts: ["{} with zzzzxx"]}}`,
		`defects: {x: {prompts: ["krzgh {}"]}}`, `defects: {x: {prompts: ["{} with vvvvv"]}}`, `defects: {x: {prompts: ["{} with 划痕"]}}`, `defects: {x: {prompts: ["qxjz {}"]}}`,
	},
	prompts.RuleSilent: {
		`defects: {x: {prompts: ["blue {}"]}}`, `defects: {x: {prompts: ["green {}"]}}`, `defects: {x: {prompts: ["large {}"]}}`,
		`defects: {x: {prompts: ["scratched {}", "large {}"]}}`, `lookalikes: {x: {prompts: ["blue {}"]}}`,
	},
	prompts.RuleSeverity: {
		`{defects: {x: {prompts: ["scratched {}"]}}, verdicts: {minor: review}}`, `{defects: {x: {prompts: ["scratched {}"], severity: minor}}, verdicts: {critical: review}}`,
		`{defects: {x: {prompts: ["scratched {}"], severity: minor}, y: {prompts: ["broken {}"], severity: critical}}, verdicts: {critical: review}}`,
		`{defects: {x: {prompts: ["scratched {}"]}}, lookalikes: {y: {prompts: ["dusty {}"], severity: minor}}}`,
	},
	prompts.RuleSpelling: {
		`defects: {x: {prompts: ["brokn {}"]}}`, `defects: {x: {prompts: ["Scrached {}"]}}`, `defects: {x: {prompts: ["{} with a crakc"]}}`, `lookalikes: {x: {prompts: ["{} with dropletts"]}}`,
		`pristine: ["flawles {}"]`,
	},
	prompts.RuleLanguage: {
		`defects: {x: {prompts: ["{} mit Kratzer"]}}`, `defects: {x: {prompts: ["{} zerkratzt"]}}`, `defects: {x: {prompts: ["{} rayé"]}}`, `defects: {x: {prompts: ["{} con una grieta"]}}`,
		`defects: {x: {prompts: ["{} con un graffio"]}}`, `defects: {x: {prompts: ["{} met een kras"]}}`, `pristine: ["{} ohne Fehler"]`,
	},
	prompts.RuleNameless: {
		`defects: {x: {prompts: ["a scratch"]}}`, `defects: {x: {prompts: ["scratched {}", "broken"]}}`, `pristine: ["flawless"]`, `lookalikes: {x: {prompts: ["dust"]}}`,
	},
	prompts.RuleTextWeight: {`text_weight: 5`, `text_weight: 2.5`},
	prompts.RuleTooClose: {
		`defects: {scratch: {prompts: ["scratched {}"]}, scratches: {prompts: ["{} that is scratched"]}}`,
		`defects: {crack: {prompts: ["cracked {}", "{} with a crack"]}, cracks: {prompts: ["{} with cracks", "the cracked surface of {}"]}}`,
		`{defects: {stain: {prompts: ["stained {}"]}}, lookalikes: {spot: {prompts: ["{} which is stained"]}}}`,
	},
}

// Prompts that say what the camera sees; some look like what lint warns of.
var lintGood = []string{
	`{defects: {x: {prompts: ["scratched {}"], severity: minor}, y: {prompts: ["broken {}"], severity: critical}}, verdicts: {minor: review}}`,
	`{defects: {x: {prompts: ["scratched {}"], severity: minor}}, verdicts: {minor: review, major: fail}}`,
	`pristine: ["flawless {}", "intact {}", "{} without flaw", "{} without damage"]`, // within an ensemble
	`pristine: ["{}", "flawless {}", "perfect {}", "unblemished {}", "{} without flaw", "{} without defect", "{} without damage"]`,
	`defects: {x: {prompts: ["scratched {}", "{} with a scratch", "{} with scratches"]}}`,
	`defects: {x: {prompts: ["{} with a missing cap", "incomplete {}"]}}`,
	`defects: {x: {prompts: ["cracked {}", "{} with a crack"]}, y: {prompts: ["stained {}", "{} with rust"]}}`,
	`defects: {x: {prompts: ["underbaked {}", "overexposed {}", "torn {}"]}}`,
	`defects: {x: {prompts: ["{} with smeared print"]}}`,
	`defects: {x: {prompts: ["misshapen {}", "bent {}", "deformed {}"]}}`,
	`lookalikes: {x: {prompts: ["dusty {}", "{} with water drops"]}}`,
	`defects: {x: {prompts: ["{} with a burr", "{} with weld spatter", "spalled {}", "delaminated {}", "{} with blowholes"]}}`,
	`defects: {x: {prompts: ["a broken metal part"]}}`, // names the object itself
	`text_weight: 0.5`, `text_weight: 2`,
}

func linted(t *testing.T, e *observe.Model, lines string) []prompts.Warning {
	t.Helper()
	text := "name: x\nobject: metal part\n" + lines
	if lines[0] == '{' {
		text = `{name: x, object: metal part, ` + lines[1:]
	}
	warnings, err := prompts.Lint(context.Background(), "set.yaml", []byte(text), e.Texts, e.Info())
	if err != nil {
		t.Fatalf("%s: %v", lines, err)
	}
	return warnings
}

func TestLintCatchesEveryWrittenCase(t *testing.T) {
	t.Parallel()
	need.NoRaceDetector(t)
	e, count := pocketModel(t), 0
	for rule, cases := range lintCases {
		for _, lines := range cases {
			count++
			warnings := linted(t, e, lines)
			if !slices.ContainsFunc(warnings, func(w prompts.Warning) bool { return w.Rule == rule && w.Line > 0 && w.Reason != "" && w.Remedy != "" }) {
				t.Errorf("%s: %s was not caught: %v", rule, lines, warnings)
			}
		}
	}
	if count < 60 {
		t.Errorf("only %d cases", count)
	}
	for _, lines := range lintGood {
		if warnings := linted(t, e, lines); len(warnings) > 0 {
			t.Errorf("false alarm: %s: %v", lines, warnings)
		}
	}
}

func TestLintHasFewFalseAlarmsOnShippedSets(t *testing.T) {
	t.Parallel()
	need.NoRaceDetector(t)
	e, count, alarms := pocketModel(t), 0, 0
	files, err := filepath.Glob("configs/prompts/*.yaml")
	if err != nil || len(files) < 8 {
		t.Fatalf("found %v, %v", files, err)
	}
	for _, file := range files {
		warnings, err := e.Lint(context.Background(), file)
		if err != nil {
			t.Fatal(err)
		}
		set, err := prompts.Load(file)
		if err != nil {
			t.Fatal(err)
		}
		count += len(set.Pristine)
		for _, classes := range []map[string]prompts.State{set.Defects, set.Lookalikes} {
			for _, c := range classes {
				count += len(c.Prompts)
			}
		}
		for _, w := range warnings {
			t.Log(w)
			if slices.Contains([]prompts.Rule{prompts.RuleSpelling, prompts.RuleLanguage, prompts.RuleNameless, prompts.RuleTextWeight}, w.Rule) {
				t.Errorf("false alarm: %s", w)
			}
		}
		alarms += len(warnings)
	}
	if float64(alarms) >= 0.05*float64(count) {
		t.Errorf("%d warnings for %d prompts", alarms, count)
	}
}

func TestLintAndCheckTellTheSame(t *testing.T) {
	t.Parallel()
	need.NoRaceDetector(t)
	file := filepath.Join(t.TempDir(), "set.yaml")
	if err := os.WriteFile(file, []byte("name: x\nobject: lid\ndefects:\n  x:\n    prompts:\n      - \"{} with no cap\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf("%s:6: defects.x.prompts[0] \"{} with no cap\"\n  negation: ", file)
	for _, args := range [][]string{{"prompts", "lint", file}, {"check", file}} {
		if out, _ := edge(t, 0, args...); !strings.Contains(out, want) {
			t.Errorf("edge %v printed\n%s", args, out)
		}
	}
	out, _ := edge(t, 1, "prompts", "lint", "--strict", "--format", "json", file, "configs/prompts/part.yaml")
	var warnings []prompts.Warning
	if err := json.Unmarshal([]byte(out), &warnings); err != nil || len(warnings) != 1 || warnings[0].Rule != prompts.RuleNegation || warnings[0].Line != 6 {
		t.Errorf("%v: %s; want err == nil, len(warnings) == 1, warnings[0].Rule == prompts.RuleNegation, warnings[0].Line == 6", err, out)
	}
	edge(t, 2, "prompts", "lint", "configs/edge.yaml")
}
