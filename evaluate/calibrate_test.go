package evaluate

import (
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// generated gives scores of good parts, some of them far out, and of bad ones.
func generated(r *rand.Rand, good, bad int) (g, b []float64) {
	for range good {
		v := r.NormFloat64()
		if r.Float64() < 0.05 {
			v += 2 * r.ExpFloat64()
		}
		g = append(g, v)
	}
	for range bad {
		b = append(b, 3+1.5*r.NormFloat64())
	}
	return g, b
}

// An interval holds the true rate in at least 95 % of cases, for thresholds
// that Calibrate chose too: each half of the data is calibrated, and the other
// half measured.
func TestTheIntervalsHoldOverRandomHalves(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	const halves, n, many = 200, 80, 20000
	manyGood, _ := generated(r, many, 0)
	inside, next, kept := 0, 0, 0
	target := Target{Overkill, 0.05}
	for seed := range uint64(halves) {
		good, bad := generated(r, 2*n, 2*n)
		c, err := Calibrate(good[:n], bad[:n], []Target{target}, seed)
		if err != nil {
			t.Fatal(err)
		}
		truth, _ := rates(manyGood, nil, c.Platt, c.Thresholds)
		if c.Overkill.Interval[0] <= truth.Rate && truth.Rate <= c.Overkill.Interval[1] {
			inside++
		}
		if truth.Rate <= target.Rate {
			kept++
		}
		measured, _ := rates(good[n:], nil, c.Platt, c.Thresholds)
		if e := Expected(c.Overkill.K, Allowed(n, target.Rate), n, n); e[0] <= measured.Rate && measured.Rate <= e[1] {
			next++
		}
	}
	for what, count := range map[string]int{"the interval holds the true overkill": inside, "the other half's overkill is as expected": next, "the target is kept": kept} {
		// Three standard deviations of 200 trials below 95 %.
		if count < 181 {
			t.Errorf("%s in %d of %d halves", what, count, halves)
		}
	}
}

func TestHalvesOfOneSetAreAsExpected(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	good, bad := generated(r, 160, 120)
	h, err := CheckHalves(good, bad, []Target{{Overkill, 0.05}}, 200, 1)
	if err != nil || h.Overkill < 190 || h.Escape < 181 {
		t.Errorf("%+v, %v; want err == nil, h.Overkill >= 190, h.Escape >= 181", h, err)
	}
	if _, err := CheckHalves(good, bad, []Target{{Overkill, 0.02}}, 200, 1); !errors.Is(err, ErrTooFew) {
		t.Errorf("80 parts support 2 %%: %v", err)
	}
}

func TestAThresholdIsKnownByItsRank(t *testing.T) {
	for n, want := range map[int]int{0: -1, 298: -1, 299: 0, 473: 1, 628: 2} {
		if k := Allowed(n, 0.01); k != want {
			t.Errorf("%d parts allow %d errors at 1 %%, want %d", n, k, want)
		}
	}
	// Above a single part any number of the next 99, 0 to 99, is as likely as
	// another: the two highest make up 2 %.
	if e := Expected(0, 0, 1, 99); e != [2]float64{0, 97.0 / 99} {
		t.Errorf("expected %v", e)
	}
	if e := Expected(50, 50, 100, 1000); e[0] > 0.42 || e[0] < 0.38 || e[1] < 0.58 || e[1] > 0.62 {
		t.Errorf("expected %v; want e[0] <= 0.42, e[0] >= 0.38, e[1] >= 0.58, e[1] <= 0.62", e)
	}
}

func TestBothTargetsPlaceBothThresholds(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	good, bad := generated(r, 400, 400)
	c, err := Calibrate(good, bad, []Target{{Overkill, 0.02}, {Escape, 0.03}}, 1)
	if err != nil {
		t.Fatal(err)
	}
	if c.Overkill.K > Allowed(400, 0.02) || c.Escape.K > Allowed(400, 0.03) || c.Thresholds.Review > c.Thresholds.Fail || c.HeldOut.Folds != 5 {
		t.Errorf("%+v; want c.Overkill.K <= Allowed(400, 0.02), c.Escape.K <= Allowed(400, 0.03), c.Thresholds.Review <= c.Thresholds.Fail, c.HeldOut.Folds == 5", c)
	}
	if c.HeldOut.CalibrationError > 0.1 || c.HeldOut.AUROC < 0.9 {
		t.Errorf("%+v", c.HeldOut)
	}
	again, err := Calibrate(good, bad, []Target{{Overkill, 0.02}, {Escape, 0.03}}, 1)
	if err != nil || again.HeldOut != c.HeldOut || again.Thresholds != c.Thresholds {
		t.Error("the same seed gives other numbers")
	}
}

func TestPartsThatSeparateGetThresholdsBetweenThem(t *testing.T) {
	var good, bad []float64
	for i := range 60 {
		good, bad = append(good, float64(i)/60), append(bad, 5+float64(i)/60)
	}
	c, err := Calibrate(good, bad, []Target{{Overkill, 0.05}, {Escape, 0.05}}, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []float64{c.Platt.Score(c.Thresholds.Review), c.Platt.Score(c.Thresholds.Fail)} {
		if at < 1 || at > 5 {
			t.Errorf("a threshold stands at the raw score %v, within a label", at)
		}
	}
	if c.Overkill.K != 0 || c.Escape.K != 0 {
		t.Errorf("%+v", c)
	}
}

func TestWhatTheDataCannotSupportIsRefused(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	good, bad := generated(r, 100, 40)
	tests := map[string]struct {
		good, bad []float64
		target    Target
		is        error
		says      string
	}{
		"overkill":        {good, bad, Target{Overkill, 0.01}, ErrTooFew, "overkill<=1% takes at least 299 good pictures without a single error: there are 100, so add 199 more or ask for overkill<=3%"},
		"escape":          {good, bad, Target{Escape, 0.005}, ErrTooFew, "escape<=0.5% takes at least 598 bad pictures without a single error: there are 40, so add 558 more"},
		"few for folds":   {good, bad[:5], Target{Overkill, 0.1}, ErrTooFew, "cross-validation takes at least 10 good and 10 bad pictures: there are 100 and 5"},
		"upside down":     {bad, good, Target{Overkill, 0.3}, ErrUpsideDown, "bad parts do not score above good ones"},
		"all of one kind": {make([]float64, 100), make([]float64, 100), Target{Overkill, 0.1}, ErrUpsideDown, "all scores are equal"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := Calibrate(tc.good, tc.bad, []Target{tc.target}, 1)
			if !errors.Is(err, tc.is) || !strings.Contains(err.Error(), tc.says) {
				t.Errorf("%v does not say %q", err, tc.says)
			}
		})
	}
}

func TestTargetsAreRead(t *testing.T) {
	for text, want := range map[string]Target{
		"overkill<=1%": {Overkill, 0.01}, "escape ≤ 0.5 %": {Escape, 0.005}, "overkill <= 0.02": {Overkill, 0.02},
	} {
		got, err := ParseTarget(text)
		if err != nil || got.Of != want.Of || math.Abs(got.Rate-want.Rate) > 1e-12 {
			t.Errorf("%q is %+v, %v; want err == nil, got.Of == want.Of, math.Abs(got.Rate-want.Rate) <= 1e-12", text, got, err)
		}
	}
	for _, text := range []string{"", "overkill", "overkill<1%", "rejects<=1%", "overkill<=0", "escape<=100%", "escape<=x", "overkill<=NaN"} {
		if _, err := ParseTarget(text); err == nil || !strings.Contains(err.Error(), "such as overkill<=1%") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func FuzzParseTarget(f *testing.F) {
	for _, text := range []string{"overkill<=1%", "escape ≤ 0.5 %", "overkill<=%"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := ParseTarget(text)
		if err != nil {
			return
		}
		if !(got.Rate > 0 && got.Rate < 1) {
			t.Fatalf("%q gives the rate %v", text, got.Rate)
		}
		again, err := ParseTarget(got.String())
		if err == nil && math.Abs(again.Rate-got.Rate) > 1e-5*got.Rate {
			t.Fatalf("%q became %v", text, again)
		}
	})
}
