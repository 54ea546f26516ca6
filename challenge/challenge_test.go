package challenge

import (
	"bytes"
	"context"
	"image"
	"image/jpeg"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pristine/capture"
	"pristine/capture/testline"
	"pristine/internal/polygon"
	"pristine/verdict"
)

// lot opens good pictures of a rendered lot.
func lot(t *testing.T, name string) []*Picture {
	t.Helper()
	files, err := filepath.Glob("../cmd/edge/testdata/lots/" + name + "/good/*.jpg")
	if err != nil || len(files) == 0 {
		t.Fatalf("lot %s: %d files, %v", name, len(files), err)
	}
	var all []*Picture
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		m, err := jpeg.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		b := m.Bounds()
		p := &Picture{Name: file, Width: b.Dx(), Height: b.Dy()}
		for y := b.Min.Y; y < b.Max.Y; y++ {
			for x := b.Min.X; x < b.Max.X; x++ {
				r, g, bl, _ := m.At(x, y).RGBA()
				p.Pix = append(p.Pix, byte(bl>>8), byte(g>>8), byte(r>>8))
			}
		}
		all = append(all, p)
	}
	return all
}

// belt returns frames of the built-in line, each with a part in its middle and
// others that the border cuts.
func belt(t *testing.T, n int) []*Picture {
	t.Helper()
	source := testline.Open(testline.Options{Seed: 7, Speed: 60, Kind: "flange", GoodFirst: 100})
	defer source.Close()
	var all []*Picture
	var f capture.Frame
	last := ""
	for len(all) < n {
		if err := source.Read(context.Background(), &f); err != nil {
			t.Fatal(err)
		}
		if f.Part != "" && f.Part != last {
			last = f.Part
			all = append(all, &Picture{Name: f.Part, Pix: slices.Clone(f.Pix), Width: f.Width, Height: f.Height})
		}
	}
	return all
}

func lots(t *testing.T) []string {
	t.Helper()
	found, err := filepath.Glob("../cmd/edge/testdata/lots/*")
	if err != nil || len(found) < 3 {
		t.Fatalf("%d lots, %v", len(found), err)
	}
	for i := range found {
		found[i] = filepath.Base(found[i])
	}
	return found
}

// The cues of rendered pictures hardly differ from picture to picture, so that they
// tell more than those of photos do.
func TestPlantedDefects_AreNotGivenAwayByTrivialCues(t *testing.T) {
	mean := map[string]float64{}
	all := lots(t)
	for _, name := range all {
		pictures := lot(t, name)
		pictures = pictures[:min(len(pictures), 8)]
		areas, err := Parts(pictures)
		if err != nil {
			t.Fatal(err)
		}
		out := &Outcome{Pictures: pictures, Areas: areas, Seed: 3}
		sizes := Ladder(areas)
		for i := range pictures {
			for n, k := range Kinds() {
				out.Trials = append(out.Trials, Trial{Picture: i, Kind: k, Size: sizes[(i+n)%len(sizes)], Scores: []Score{{}}})
			}
		}
		for cue, a := range out.cues() {
			mean[cue] += a / float64(len(all))
			if a > 0.65 {
				t.Errorf("%s: %s alone ranks pictures with planted defects with an AUROC of %.2f", name, cue, a)
			}
		}
	}
	for cue, a := range mean {
		t.Logf("%s: %.3f", cue, a)
		if a > 0.57 {
			t.Errorf("%s alone ranks pictures with planted defects with an AUROC of %.3f, the mean of the lots", cue, a)
		}
	}
}

// On the belt a defect lies on the part in the middle, or at its rim, and not on
// the belt, the rails or the parts before and behind.
func TestPlantedDefects_LieOnThePart(t *testing.T) {
	pictures := belt(t, 6)
	areas, err := Parts(pictures)
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range pictures {
		a := areas[i]
		if a.Whole() || a.Extent() < 560 || a.Extent() > 660 {
			t.Errorf("%s: the part is %d px long, %v of the view, want about 600 px", p.Name, a.Extent(), a.Share())
		}
		for _, k := range Kinds() {
			for seed := range uint64(5) {
				planted, ok := Plant(p, a, k, 60, seed)
				if !ok {
					t.Errorf("no %s can be planted into %s", k, p.Name)
					continue
				}
				if !planted.Box.Overlaps(a.bounds) || !planted.Box.In(a.bounds.Inset(-80)) {
					t.Errorf("a %s at %v does not lie on the part at %v", k, planted.Box, a.bounds)
				}
			}
		}
	}
}

func TestPlantedDefects_LieWithinThePolygon(t *testing.T) {
	p := belt(t, 1)[0]
	corners := []polygon.Point{{0.4, 0.3}, {0.6, 0.3}, {0.5, 0.7}}
	p.Mask, p.Region = polygon.Draw(corners, p.Width, p.Height), image.Rect(768, 324, 1152, 756)
	areas, err := Parts([]*Picture{p})
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range Kinds() {
		planted, ok := Plant(p, areas[0], k, 40, 1)
		if !ok {
			t.Errorf("no %s can be planted", k)
			continue
		}
		for y := range p.Height {
			for x := range p.Width {
				if !p.Mask.Contains(x, y) && !slices.Equal(p.at(x, y), planted.Picture.at(x, y)) {
					t.Fatalf("a %s changes a pixel outside the polygon: %d, %d", k, x, y)
				}
			}
		}
	}
}

// The same seed gives the same defects; the picture given is not changed, and the
// planted one differs within its box only, visibly.
func TestPlant_ChangesItsBoxOnly(t *testing.T) {
	p := lot(t, lots(t)[0])[0]
	before := slices.Clone(p.Pix)
	areas, err := Parts([]*Picture{p})
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range Kinds() {
		a, ok := Plant(p, areas[0], k, 24, 9)
		b, again := Plant(p, areas[0], k, 24, 9)
		if !ok || !again || !slices.Equal(a.Picture.Pix, b.Picture.Pix) || a.Box != b.Box {
			t.Errorf("%s: planted %v and %v, not alike", k, ok, again)
			continue
		}
		if c, ok := Plant(p, areas[0], k, 24, 10); ok && slices.Equal(a.Picture.Pix, c.Picture.Pix) {
			t.Errorf("%s: another seed plants the same", k)
		}
		if longest := max(a.Box.Dx(), a.Box.Dy()); longest < 8 || longest > 60 {
			t.Errorf("%s of 24 px changes %v", k, a.Box)
		}
		for y := range p.Height {
			for x := range p.Width {
				if !image.Pt(x, y).In(a.Box) && !slices.Equal(p.at(x, y), a.Picture.at(x, y)) {
					t.Fatalf("%s changes %d, %d outside %v", k, x, y, a.Box)
				}
			}
		}
	}
	if !slices.Equal(before, p.Pix) {
		t.Error("the picture given was changed")
	}
}

func TestRun_NothingToPlantInto(t *testing.T) {
	flat := &Picture{Name: "flat", Pix: make([]byte, 3*64*64), Width: 64, Height: 64}
	for name, c := range map[string]struct {
		pictures []*Picture
		sizes    []int
		want     string
	}{
		"no picture":  {nil, nil, "there are no good pictures"},
		"wrong bytes": {[]*Picture{{Name: "x", Pix: make([]byte, 5), Width: 2, Height: 2}}, nil, "do not fit its size"},
		"too large":   {[]*Picture{flat}, []int{10, 65}, "no defect has such a size: 65 px, but the inspected area has at most 64"},
		"no size":     {[]*Picture{flat}, []int{-5}, "no defect has such a size: -5 px"},
		"too small":   {[]*Picture{flat}, []int{1}, "no defect can be planted visibly"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Run(context.Background(), c.pictures, Options{Judges: []Judge{&contrast{}}, Sizes: c.sizes})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

// contrast is an inspection without a model: it compares each pixel with its
// neighbours 3 pixels away, and fails a picture by its strongest edges. Its second
// candidate knows nothing.
type contrast struct{ limit float64 }

func (c *contrast) Judge(_ context.Context, p *Picture, out []Score) ([]Score, error) {
	strongest := 0.0
	for y := 3; y < p.Height-3; y++ {
		for x := 3; x < p.Width-3; x++ {
			g := grey(p.at(x, y))
			e := min(math.Abs(g-grey(p.at(x-3, y))), math.Abs(g-grey(p.at(x+3, y))))
			strongest = max(strongest, e)
		}
	}
	v := verdict.Pass
	if strongest > c.limit {
		v = verdict.Fail
	}
	return append(out, Score{strongest, strongest / 255, v}, Score{Raw: 0, Verdict: verdict.Pass}), nil
}

func TestReport(t *testing.T) {
	// A smooth surface, on which this inspection sees what is sharp.
	var pictures []*Picture
	for i := range 12 {
		p := &Picture{Name: "surface", Width: 160, Height: 160, Pix: make([]byte, 3*160*160)}
		for at := range p.Pix {
			x, y := at/3%160, at/3/160
			p.Pix[at] = byte(110 + 20*math.Sin(float64(x+i)/40) + 15*math.Cos(float64(y)/50) + float64(at*7919%5))
		}
		pictures = append(pictures, p)
	}
	run := func(judges int) *Outcome {
		t.Helper()
		all := make([]Judge, judges)
		for i := range all {
			all[i] = &contrast{limit: 12}
		}
		done := 0
		out, err := Run(context.Background(), pictures, Options{Judges: all, Sizes: []int{4, 8, 16, 32}, Seed: 5, Progress: func(n, total int) { done = n }})
		if err != nil {
			t.Fatal(err)
		}
		if want := len(pictures) + len(out.Trials); done != want {
			t.Errorf("the progress ended at %d of %d", done, want)
		}
		return out
	}
	out := run(1)
	r := out.Figures(0.05)
	r.Choice = out.Choose([]string{"edges", "nothing"})
	if r.Choice.Chosen != "edges" || !r.Choice.Synthetic || !r.Synthetic {
		t.Errorf(`chosen is %+v, synthetic %v; want r.Choice.Chosen == "edges", r.Choice.Synthetic, r.Synthetic`, r.Choice, r.Synthetic)
	}
	if four := run(4).Figures(0.05); four.Escape != r.Escape || four.AUROC != r.AUROC {
		t.Errorf("four judges: escape %v, one: %v", four.Escape, r.Escape)
	}
	if r.Good.Pass != len(pictures) {
		t.Fatalf("good pictures: %+v", r.Good)
	}
	by := map[Kind]KindFigures{}
	for _, k := range r.Kinds {
		by[k.Kind] = k
	}
	if s := by[Speck].Smallest; s == nil || s.Found.Rate < wanted || s.Interval[0] > s.Pixels || s.MM != 0.05*float64(s.Pixels) {
		t.Errorf("the smallest speck is %+v; want s != nil, s.Found.Rate >= wanted, s.Interval[0] <= s.Pixels, s.MM == 0.05*float64(s.Pixels)", s)
	}
	if d := by[Dent]; d.Smallest != nil && d.Smallest.Pixels < 32 && d.Sizes[0].Found.Rate < 0.5 {
		t.Errorf("soft dents are seen from %+v on, though of the smallest only %v", d.Smallest, d.Sizes[0].Found)
	}
	swapped := out.Choose([]string{"edges", "nothing"})
	for i := range out.Plain {
		slices.Reverse(out.Plain[i])
	}
	for i := range out.Trials {
		slices.Reverse(out.Trials[i].Scores)
	}
	if c := out.Choose([]string{"nothing", "edges"}); c.Chosen != "edges" || swapped.Candidates[0].AUROC != c.Candidates[1].AUROC {
		t.Errorf("with the better one second, chosen is %+v", c)
	}
}

func TestReport_IsWrittenForPeople(t *testing.T) {
	out, err := Run(context.Background(), lot(t, lots(t)[0])[:5], Options{Judges: []Judge{&contrast{limit: 250}}, Seed: 5})
	if err != nil {
		t.Fatal(err)
	}
	r := out.Figures(0)
	r.PromptSet, r.Choice = "part", out.Choose([]string{"text_weight: 0.5", "text_weight: 0"})
	r.Choice.Compare([][]Score{{{Raw: 1}, {Raw: 0}}}, [][]Score{{{Raw: 0}, {Raw: 1}}})
	if found := r.Choice.Real; found == nil || found.Chosen != "text_weight: 0" || found.Regret < 0 {
		t.Errorf(`real defects: %+v; want found != nil, found.Chosen == "text_weight: 0", found.Regret >= 0`, found)
	}
	var table, page bytes.Buffer
	r.WriteTable(&table)
	for line := range strings.Lines(table.String()) {
		if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > 80 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
	if err := r.AddExamples(out); err != nil {
		t.Fatal(err)
	}
	if err := r.WriteHTML(&page, time.Unix(0, 0)); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{table.String(), page.String()} {
		if !strings.Contains(strings.ToLower(text), "synthetic") {
			t.Errorf("it does not say synthetic: %.200s", text)
		}
	}
	if n := strings.Count(page.String(), "data:image/jpeg"); n < 2*len(r.Kinds) {
		t.Errorf("the page has %d pictures for %d kinds", n, len(r.Kinds))
	}
}

func TestParseLength(t *testing.T) {
	for text, want := range map[string]int{"10%": 60, "40px": 40, "0.5mm": 10, "2.5 %": 15, "7%": 42, "0": 0} {
		l, err := ParseLength(text)
		if err != nil || l.On(600, 0.05) != want {
			t.Errorf("%s: %v px, %v, want %d", text, l.On(600, 0.05), err, want)
		}
		if written := strings.ReplaceAll(text, " ", ""); l.String() != written {
			t.Errorf("%s is written as %s", text, l)
		}
	}
	for _, text := range []string{"", "10", "-1px", "0px", "200%", "mm", "NaNmm", "1cm"} {
		if _, err := ParseLength(text); err == nil || !strings.Contains(err.Error(), "10%, 40px or 0.5mm") {
			t.Errorf("%q: %v, want an error that says what is allowed", text, err)
		}
	}
}

func FuzzPlant(f *testing.F) {
	f.Add(uint64(1), 5, 8, 20)
	f.Fuzz(func(t *testing.T, seed uint64, size, width, height int) {
		if width < 1 || height < 1 || width > 200 || height > 200 || size > 400 {
			return
		}
		p := &Picture{Pix: make([]byte, 3*width*height), Width: width, Height: height}
		for i := range p.Pix {
			p.Pix[i] = byte(i * int(seed%251))
		}
		areas, err := Parts([]*Picture{p})
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range Kinds() {
			if planted, ok := Plant(p, areas[0], k, size, seed); ok && !planted.Box.In(image.Rect(0, 0, width, height)) {
				t.Errorf("%s changes %v", k, planted.Box)
			}
		}
	})
}
