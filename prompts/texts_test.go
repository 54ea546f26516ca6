package prompts

import (
	"errors"
	"math"
	"testing"
)

func TestTextsForAndAgainst(t *testing.T) {
	b := testBank(t)
	good, bad, err := b.ForAndAgainst([]float32{0.28, 0.96, 0}, 1)
	if err != nil || len(good) != 1 || len(bad) != 1 {
		t.Fatal(good, bad, err)
	}
	if bad[0].Class != "scratch" || bad[0].Prompt != "scratched lid" || good[0].Class != "pristine" || good[0].Against() || bad[0].Cosine <= good[0].Cosine {
		t.Errorf("for %+v, against %+v", good, bad)
	}
	all, err := b.Texts(b.texts[2].vector)
	if err != nil || len(all) != 3 || all[0].Class != "stain" || math.Abs(all[0].Cosine-1) > 1e-6 {
		t.Errorf("%+v, %v", all, err)
	}
	if _, err := b.Texts([]float32{1, 0}); !errors.Is(err, ErrBundle) {
		t.Errorf("a picture of another bundle gave %v", err)
	}
}
