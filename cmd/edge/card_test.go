package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pristine/evaluate"
	"pristine/internal/need"
	"pristine/observe"
	"pristine/prompts"
)

// lotPictures is one lot of testdata/lots, encoded. "python -m training.render.lots
// cmd/edge/testdata/lots --good 12 --bad 12 --designs 1 --size 192 --jpeg 85"
// rendered them, from families that the model was not trained on.
type lotPictures struct {
	good []*prompts.Observation
	bad  map[string][]*prompts.Observation // by kind of defect
}

func (l *lotPictures) allBad() []*prompts.Observation {
	var all []*prompts.Observation
	for _, pictures := range l.bad {
		all = append(all, pictures...)
	}
	return all
}

// encodeLots encodes the lots of that name, or all where none is named.
func encodeLots(t *testing.T, e *observe.Model, named ...string) map[string]*lotPictures {
	t.Helper()
	return encodeLotsWith(t, e, prompts.Needs{}, named...)
}

func encodeLotsWith(t *testing.T, e *observe.Model, needs prompts.Needs, named ...string) map[string]*lotPictures {
	t.Helper()
	lots := map[string]*lotPictures{}
	err := fs.WalkDir(os.DirFS("cmd/edge/testdata/lots"), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		at := strings.Split(path, "/") // LOT/good/FILE or LOT/bad/KIND/FILE
		if len(named) > 0 && !slices.Contains(named, at[0]) {
			return nil
		}
		o := new(prompts.Observation)
		encoder := e.NewEncoder(observe.View{})
		if err := encoder.ObserveFile(context.Background(), filepath.Join("cmd/edge/testdata/lots", path), needs, o); err != nil {
			return err
		}
		if lots[at[0]] == nil {
			lots[at[0]] = &lotPictures{bad: map[string][]*prompts.Observation{}}
		}
		if lot := lots[at[0]]; at[1] == "good" {
			lot.good = append(lot.good, o)
		} else {
			lot.bad[at[2]] = append(lot.bad[at[2]], o)
		}
		return nil
	})
	if err != nil || len(lots) < 4 {
		t.Fatalf("%d lots: %v", len(lots), err)
	}
	return lots
}

// words are those of training/language/captions.py, written by training/golden/words.py.
type words struct {
	General []string
	Kinds   map[string]struct{ Right, Wrong []string }
}

func readWords(t *testing.T) *words {
	t.Helper()
	data, err := os.ReadFile("cmd/edge/testdata/words.json")
	w := new(words)
	if err == nil {
		err = json.Unmarshal(data, w)
	}
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// say makes a bank that calls a part good by the default states and bad by
// these; swap turns them around.
func say(t *testing.T, e *observe.Model, defects map[string][]string, swap bool) *prompts.Bank {
	t.Helper()
	pristine := []string{"{}", "flawless {}", "perfect {}", "unblemished {}", "{} without flaw", "{} without defect", "{} without damage"}
	if swap {
		for name := range defects {
			pristine, defects = defects[name], map[string][]string{name: pristine}
		}
	}
	set := map[string]any{"name": "card", "object": "part", "pristine": pristine}
	classes := map[string]any{}
	for name, states := range defects {
		classes[name] = map[string]any{"prompts": states}
	}
	set["defects"] = classes
	data, err := json.Marshal(set) // JSON is YAML
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := prompts.Parse("card.yaml", data)
	if err != nil {
		t.Fatal(err)
	}
	bank, err := prompts.NewBank(context.Background(), parsed, e.Texts, e.Info())
	if err != nil {
		t.Fatal(err)
	}
	return bank
}

func auroc(t *testing.T, b *prompts.Bank, good, bad []*prompts.Observation) float64 {
	t.Helper()
	raw := func(pictures []*prompts.Observation) []float64 {
		scores := make([]float64, len(pictures))
		var s prompts.Scores
		for i, o := range pictures {
			if err := b.Score(o, &s); err != nil {
				t.Fatal(err)
			}
			scores[i] = s.Raw
		}
		return scores
	}
	return 100 * evaluate.AUROC(raw(good), raw(bad))
}

var cardRow = regexp.MustCompile(`(?m)^\| ([^|]+?) \| ([0-9.]+) \|$`)

// cardFigures are the rows of the model card's tables of a single figure.
func cardFigures(t *testing.T) map[string]float64 {
	t.Helper()
	card, err := os.ReadFile("models/pocket/README.md")
	if err != nil {
		t.Fatal(err)
	}
	figures := map[string]float64{}
	for _, row := range cardRow.FindAllStringSubmatch(string(card), -1) {
		figures[row[1]], err = strconv.ParseFloat(row[2], 64)
		if err != nil {
			t.Fatal(err)
		}
	}
	return figures
}

// tolerance is in AUROC points: a processor without the same 8-bit
// instructions rounds otherwise.
const tolerance = 3

// The model card's figures of the generated set are what the bundle reaches:
// right words beat general ones, those beat wrong ones, and swapped words turn
// the ranking around.
func TestCardFiguresHoldOnTheGeneratedSet(t *testing.T) {
	t.Parallel()
	need.NoRaceDetector(t)
	e := pocketModel(t)
	w, sum, kinds := readWords(t), map[string]float64{}, 0.0
	lots := encodeLots(t, e)
	general := say(t, e, map[string][]string{"damage": w.General}, false)
	swapped := say(t, e, map[string][]string{"damage": w.General}, true)
	for _, lot := range lots {
		n, all := float64(len(lots)), lot.allBad()
		sum["text alone"] += auroc(t, general, lot.good, all) / n
		sum["swapped words"] += auroc(t, swapped, lot.good, all) / n
		sum["4 references and text"] += auroc(t, refer(t, e, general, lot.good[:4]), lot.good[4:], all) / n
		for kind, bad := range lot.bad {
			kinds++
			wrong := map[string][]string{}
			for _, other := range w.Kinds[kind].Wrong {
				wrong[other] = w.Kinds[other].Right
			}
			right := map[string][]string{kind: w.Kinds[kind].Right}
			sum["right words"] += auroc(t, say(t, e, right, false), lot.good, bad)
			sum["general words"] += auroc(t, general, lot.good, bad)
			sum["wrong words"] += auroc(t, say(t, e, wrong, false), lot.good, bad)
		}
	}
	for _, row := range []string{"right words", "general words", "wrong words"} {
		sum[row] /= kinds
	}
	card := cardFigures(t)
	for row, reached := range sum {
		t.Logf("| %s | %.1f |", row, reached)
		if said, ok := card[row]; !ok || math.Abs(said-reached) > tolerance {
			t.Errorf("%s: the card says %.1f (found: %t), reached %.1f", row, said, ok, reached)
		}
	}
	if sum["right words"] <= sum["general words"] || sum["general words"] <= sum["wrong words"] || sum["swapped words"] > 50 {
		t.Errorf(`got fmt.Sprint("right words must beat general ones, general ones wrong ones, and swapped ones be worse than chance: ", sum) %+v, sum %+v; want sum["right words"] > sum["general words"], sum["general words"] > sum["wrong words"], sum["swapped words"] <= 50`, fmt.Sprint("right words must beat general ones, general ones wrong ones, and swapped ones be worse than chance: ", sum), sum)
	}
}

func refer(t *testing.T, e *observe.Model, b *prompts.Bank, good []*prompts.Observation) *prompts.Bank {
	t.Helper()
	r := prompts.NewReferences(e.Bundle.Hash, e.Matcher)
	for _, o := range good {
		if err := r.Add(o); err != nil {
			t.Fatal(err)
		}
	}
	with, err := b.WithReferences(r)
	if err != nil {
		t.Fatal(err)
	}
	return with
}
