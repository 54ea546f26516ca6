package trial

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pristine/evaluate"
	"pristine/evaluate/dataset"
	"pristine/evaluate/report"
	"pristine/prompts"
	"pristine/prompts/rank"
)

// angles is an encoder whose picture files hold two angles: that of three
// patches of the picture and that of the fourth. Good ones are small.
type angles struct {
	encoded map[string]int // how often each file was
}

func (a *angles) Open(file string) (Photo, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return Photo{}, err
	}
	var surface, spot float64
	if _, err := fmt.Sscan(string(data), &surface, &spot); err != nil {
		return Photo{}, fmt.Errorf("%s: no angles", file)
	}
	return Photo{Pix: make([]byte, 3*8*8), Width: 8, Height: 8}, nil
}

func (a *angles) see(file string) *prompts.Observation {
	data, _ := os.ReadFile(file)
	var surface, spot float64
	_, _ = fmt.Sscan(string(data), &surface, &spot) // Open refused others
	o := &prompts.Observation{Bundle: bundle.Hash, PatchGrid: [2]int{2, 2}, FeatureGrid: [2]int{2, 2}, Embedding: at(spot)}
	for _, angle := range []float64{surface, surface + 0.02, surface + 0.04, spot} {
		o.Patches = append(o.Patches, at(angle)...)
	}
	o.Features = o.Patches
	return o
}

func (a *angles) Learn(_ context.Context, files []string, _ prompts.Needs) (*prompts.References, error) {
	r := prompts.NewReferences(bundle.Hash, nil)
	for _, file := range files {
		sum, err := dataset.Hash(file)
		if err != nil {
			return nil, err
		}
		if err := r.AddPicture(prompts.Reference{Name: file, SHA: sum, Seen: *a.see(file)}); err != nil {
			return nil, err
		}
	}
	return r, nil
}

func (a *angles) Observe(_ context.Context, files []string, _ prompts.Needs, use func(int, *Photo, *prompts.Observation) error, failed func(int, error)) error {
	for i, file := range files {
		p, err := a.Open(file)
		if err != nil {
			failed(i, err)
			continue
		}
		a.encoded[file]++
		if err := use(i, &p, a.see(file)); err != nil {
			return err
		}
	}
	return nil
}

// Encode implements prompts.TextEncoder.
func (a *angles) Encode(_ context.Context, texts []string) ([][]float32, error) {
	all := make([][]float32, len(texts))
	for i, text := range texts {
		all[i] = at(0.1)
		if strings.Contains(text, "broken") || strings.Contains(text, "damaged") {
			all[i] = at(math.Pi / 2)
		}
	}
	return all, nil
}

func at(angle float64) []float32 {
	return []float32{float32(math.Cos(angle)), float32(math.Sin(angle)), 0}
}

var bundle = prompts.BundleInfo{Hash: strings.Repeat("b", 64), Dim: 3, LogitScale: 10, PatchLogitScale: 10}

const setText = "# mine\nname: lid\nobject: lid\npristine: [\"whole {}\"]\ndefects:\n  broken: {prompts: [\"broken {}\", \"damaged {}\"]}\n"

func newBank(t *testing.T, file string) *prompts.Bank {
	t.Helper()
	set, err := prompts.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	bank, err := prompts.NewBank(context.Background(), set, &angles{}, bundle)
	if err != nil {
		t.Fatal(err)
	}
	return bank
}

// bad parts: a spot of each is not as it should be.
func bad(n int) (all []string) {
	for i := range n {
		all = append(all, fmt.Sprint(0.05, 0.3+0.02*float64(i)))
	}
	return all
}

// foreign pictures show something else.
func foreign(n int) []string {
	return slices.Repeat([]string{fmt.Sprint(math.Pi/2, math.Pi/2)}, n)
}

// station is a set's file and pictures of 20 good parts and of the given bad
// ones.
func station(t *testing.T, bad ...string) (set string, pictures []dataset.Picture) {
	t.Helper()
	dir := t.TempDir()
	write := func(name, text string) string {
		t.Helper()
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	for i := range 20 {
		pictures = append(pictures, dataset.Picture{File: write(fmt.Sprintf("good-%d", i), fmt.Sprint(0.005*float64(i), 0.1+0.002*float64(i)))})
	}
	for i, angles := range bad {
		pictures = append(pictures, dataset.Picture{File: write(fmt.Sprintf("bad-%d", i), angles), Bad: true, Defect: "broken"})
	}
	return write("set.yaml", setText), pictures
}

func run(t *testing.T, o Options) (*Trial, *angles) {
	t.Helper()
	encoder := &angles{encoded: map[string]int{}}
	trial, err := Run(context.Background(), encoder, o)
	if err != nil {
		t.Fatal(err)
	}
	return trial, encoder
}

// Each picture is decoded and encoded once, however many sets and draws of
// references there are, and the same seed gives the same figures.
func TestEachPictureIsEncodedOnceAndASeedRepeats(t *testing.T) {
	set, pictures := station(t, bad(12)...)
	o := Options{Data: &dataset.Set{Pictures: pictures}, Sets: []*prompts.Bank{newBank(t, set), newBank(t, set)}, References: References{Drawn: true, K: 3, Draws: 4, Seed: 7}}
	trial, encoder := run(t, o)
	for file, n := range encoder.encoded {
		if n != 1 {
			t.Errorf("%s was encoded %d times", file, n)
		}
	}
	r, err := trial.Report(0)
	if err != nil || r.Good != 17 || r.Bad != 12 || len(r.Draws) != 4 || r.References != "3 drawn" || r.AUROC < 0.99 {
		t.Errorf(`%+v, %v; want err == nil, r.Good == 17, r.Bad == 12, len(r.Draws) == 4, r.References == "3 drawn", r.AUROC >= 0.99`, r, err)
	}
	again, _ := run(t, o)
	for draw := range trial.draws {
		if !slices.EqualFunc(again.outcomes[0][draw].Outcomes, trial.outcomes[0][draw].Outcomes, func(a, b evaluate.Outcome) bool { return a.File == b.File && a.Raw == b.Raw }) {
			t.Errorf("draw %d: the same seed gives other figures", draw)
		}
	}
	c, err := trial.Compare([]string{"a.yaml", "b.yaml"})
	if err != nil || c.Decided || c.Sets[0].AUROC != c.Sets[1].AUROC {
		t.Errorf("a set beside itself: %+v, %v; want err == nil, not c.Decided, c.Sets[0].AUROC == c.Sets[1].AUROC", c, err)
	}
}

// No picture is measured that is a reference of any of the sets.
func TestAReferenceOfAnySetIsMeasuredByNone(t *testing.T) {
	set, pictures := station(t, bad(12)...)
	references, err := (&angles{}).Learn(context.Background(), []string{pictures[0].File, pictures[19].File}, prompts.Needs{})
	if err != nil {
		t.Fatal(err)
	}
	plain := newBank(t, set)
	with, err := plain.WithReferences(references)
	if err != nil {
		t.Fatal(err)
	}
	trial, _ := run(t, Options{Data: &dataset.Set{Pictures: pictures}, Sets: []*prompts.Bank{plain, with}})
	for i := range 2 {
		if r, err := trial.Report(i); err != nil || r.Good != 18 {
			t.Errorf("set %d: %+v, %v", i, r, err)
		}
	}
}

// A picture that cannot be read is an error, or is named in the report.
func TestAPictureThatCannotBeReadIsToldEitherWay(t *testing.T) {
	set, pictures := station(t, bad(12)...)
	if err := os.WriteFile(pictures[3].File, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	o := Options{Data: &dataset.Set{Pictures: pictures}, Sets: []*prompts.Bank{newBank(t, set)}}
	if _, err := Run(context.Background(), &angles{encoded: map[string]int{}}, o); err == nil || !strings.Contains(err.Error(), "1 pictures cannot be read") {
		t.Errorf(`got err %+v; want err != nil, strings.Contains(err.Error(), "1 pictures cannot be read")`, err)
	}
	o.SkipUnreadable = true
	trial, _ := run(t, o)
	if r, err := trial.Report(0); err != nil || r.Good != 19 || !slices.Equal(r.LeftOut, []string{pictures[3].File}) {
		t.Errorf("%+v, %v; want err == nil, r.Good == 19, slices.Equal(r.LeftOut, []string{pictures[3].File})", r, err)
	}
}

func TestOptionsThatCannotBeMeasuredAreToldApart(t *testing.T) {
	set, pictures := station(t, bad(12)...)
	for want, references := range map[string]References{
		"there is nothing to draw": {Draws: 2},
		"must be 0 or more":        {Drawn: true, K: -1, Draws: 1},
		"leaves none to measure":   {Drawn: true, K: 20, Draws: 1},
	} {
		_, err := Run(context.Background(), &angles{}, Options{Data: &dataset.Set{Pictures: pictures}, Sets: []*prompts.Bank{newBank(t, set)}, References: references})
		var wrong OptionsError
		if !errors.As(err, &wrong) || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %q", err, want)
		}
	}
}

// What Record writes arms the set for the same bundle and references, and for
// no others; its comments stay.
func TestARecordedCalibrationArmsTheSet(t *testing.T) {
	set, pictures := station(t, bad(12)...)
	files := []string{pictures[0].File, pictures[10].File}
	trial, _ := run(t, Options{Data: &dataset.Set{Pictures: pictures[1:]}, Sets: []*prompts.Bank{newBank(t, set)}, BundleHash: bundle.Hash, References: References{Files: files}})
	target, err := evaluate.ParseTarget("overkill<=20%")
	if err != nil {
		t.Fatal(err)
	}
	c, err := trial.Calibrate([]evaluate.Target{target}, 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := trial.Record(set, c, time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(set); err != nil || !strings.HasPrefix(string(text), setText) {
		t.Errorf("%s, %v", text, err)
	}
	if armed, why := newBank(t, set).Armed(); armed {
		t.Errorf("armed without its references: %s", why)
	}
	references, err := (&angles{}).Learn(context.Background(), files, prompts.Needs{})
	if err != nil {
		t.Fatal(err)
	}
	with, err := newBank(t, set).WithReferences(references)
	if err != nil {
		t.Fatal(err)
	}
	if armed, why := with.Armed(); !armed || why != "validated on 2026-11-24" {
		t.Errorf("%v: %s", armed, why)
	}
}

// Calibrate refuses where more than one picture in ten is REVIEW unknown: no
// threshold changes their verdict.
func TestCalibrateRefusesWhereMoreThanOneInTenIsUnknown(t *testing.T) {
	target, err := evaluate.ParseTarget("overkill<=20%")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		bad  []string
		want string
	}{
		"one in ten": {append(foreign(3), bad(12)...), ""}, // 3 of 33
		"more":       {append(foreign(4), bad(12)...), "too many pictures are REVIEW unknown, 4 of 34: they show something else than the references"},
	} {
		t.Run(name, func(t *testing.T) {
			set, pictures := station(t, c.bad...)
			trial, _ := run(t, Options{Data: &dataset.Set{Pictures: pictures[1:]}, Sets: []*prompts.Bank{newBank(t, set)}, References: References{Files: []string{pictures[0].File, pictures[10].File}}})
			_, err := trial.Calibrate([]evaluate.Target{target}, 0, 1)
			if c.want == "" && err != nil || c.want != "" && (!errors.Is(err, ErrUnknown) || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("%v does not say %q", err, c.want)
			}
		})
	}
}

// A prompt's effect is the set with it minus the set without it.
func TestRankMeasuresWhatEachPromptAdds(t *testing.T) {
	set, pictures := station(t, bad(12)...)
	base := newBank(t, set)
	variants := rank.Variants(base.Set)
	banks := []*prompts.Bank{base}
	for _, v := range variants {
		bank, err := prompts.NewBank(context.Background(), v.Set, &angles{}, bundle)
		if err != nil {
			t.Fatal(err)
		}
		banks = append(banks, bank)
	}
	trial, _ := run(t, Options{Data: &dataset.Set{Pictures: pictures}, Sets: banks})
	r, err := trial.Rank(variants)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Prompts)+len(r.Candidate) != len(variants) || len(r.Prompts) != 2 || r.AUROC != 1 {
		t.Errorf("%+v; want len(r.Prompts)+len(r.Candidate) == len(variants), len(r.Prompts) == 2, r.AUROC == 1", r)
	}
	for _, list := range [][]report.Effect{r.Prompts, r.Candidate} {
		for _, e := range list {
			if e.AUROC < e.Interval[0]-1e-9 || e.AUROC > e.Interval[1]+1e-9 {
				t.Errorf("%+v", e)
			}
		}
	}
}
